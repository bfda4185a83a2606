package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {

  @TempDir private Path folder;

  @BeforeEach
  void writeDataset() throws IOException {
    IdxBytes.writeDataset(folder);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void assertFault(Path source, String problem) {
    assertThatThrownBy(() -> IdxFile.dataset(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(source + ": " + problem);
  }

  @Test
  void readsTheFourFiles() {
    Dataset data = IdxFile.dataset(folder);
    assertThat(data.name()).isEqualTo(folder.toString());
    assertThat(data.inputs()).isEqualTo(6);
    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.train().labels()).containsExactly(0, 2);
    assertThat(data.test().labels()).containsExactly(1);
    assertThat(data.train().features())
        .containsExactly(
            0f,
            1 / 255f,
            2 / 255f,
            3 / 255f,
            4 / 255f,
            5 / 255f,
            250 / 255f,
            251 / 255f,
            252 / 255f,
            253 / 255f,
            254 / 255f,
            1f);
    assertThat(data.test().features()).startsWith(9 / 255f);
  }

  @Test
  void readsCompressedFilesUnderEitherName() throws IOException {
    byte[] images = Files.readAllBytes(file("train-images-idx3-ubyte"));
    byte[] labels = Files.readAllBytes(file("train-labels-idx1-ubyte"));
    Files.delete(file("train-images-idx3-ubyte"));
    Files.write(file("train-images-idx3-ubyte.gz"), IdxBytes.gzip(images));
    Files.write(file("train-labels-idx1-ubyte"), IdxBytes.gzip(labels));
    Dataset data = IdxFile.dataset(folder);
    assertThat(data.train().labels()).containsExactly(0, 2);
    assertThat(data.train().features()).hasSize(12).endsWith(1f);
  }

  @Test
  void hasAtLeastTwoClasses() throws IOException {
    Files.write(file("train-labels-idx1-ubyte"), IdxBytes.labels(0, 0));
    assertThat(IdxFile.dataset(folder).classes()).isEqualTo(2);
  }

  @Test
  void labelsAreUnsigned() throws IOException {
    Files.write(file("train-labels-idx1-ubyte"), IdxBytes.labels(255, 128));
    Dataset data = IdxFile.dataset(folder);
    assertThat(data.classes()).isEqualTo(256);
    assertThat(data.train().labels()).containsExactly(255, 128);
  }

  @Test
  void namesAMissingFile() throws IOException {
    Files.delete(file("t10k-labels-idx1-ubyte"));
    assertFault(folder, "file t10k-labels-idx1-ubyte is missing, expected it plain or with .gz");
  }

  @Test
  void namesAMissingFolder() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> IdxFile.dataset(missing))
        .isInstanceOf(InputException.class)
        .hasMessage(
            missing + ": file train-images-idx3-ubyte is missing, expected it plain or with .gz");
  }

  @Test
  void namesAFolderInPlaceOfAFile() throws IOException {
    Files.delete(file("t10k-labels-idx1-ubyte"));
    Files.createDirectory(file("t10k-labels-idx1-ubyte"));
    assertThatThrownBy(() -> IdxFile.dataset(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            file("t10k-labels-idx1-ubyte") + ": file is a folder, expected a regular file");
  }

  @Test
  void namesCountsThatDisagree() throws IOException {
    Files.write(file("train-labels-idx1-ubyte"), IdxBytes.labels(0, 1, 2));
    assertFault(
        file("train-labels-idx1-ubyte"),
        "number of labels is 3, expected 2 as in " + file("train-images-idx3-ubyte"));
  }

  @Test
  void namesImageSizesThatDisagree() throws IOException {
    Files.write(
        file("t10k-images-idx3-ubyte"),
        IdxBytes.idx(new int[] {IdxBytes.IMAGES, 1, 3, 2}, 1, 2, 3, 4, 5, 6));
    assertFault(
        file("t10k-images-idx3-ubyte"),
        "image size is 3 x 2, expected 2 x 3 as in " + file("train-images-idx3-ubyte"));
  }

  @Test
  void namesATestLabelBeyondTheTrainingClasses() throws IOException {
    Files.write(file("t10k-labels-idx1-ubyte"), IdxBytes.labels(3));
    assertFault(
        file("t10k-labels-idx1-ubyte"), "label of row 0 is 3, expected 0 to 2 as in training");
  }
}
