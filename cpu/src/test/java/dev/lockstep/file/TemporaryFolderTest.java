package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemporaryFolderTest {

  private static final String PROPERTY = "java.io.tmpdir";

  @TempDir Path place;
  private String before = "";

  @BeforeEach
  void usePlace() {
    before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, place.toString());
  }

  @AfterEach
  void restore() {
    System.setProperty(PROPERTY, before);
  }

  @Test
  void isForThisUserAloneAndRemovedWithAllItHolds() throws IOException {
    Path elsewhere = Files.writeString(place.resolve("elsewhere"), "mine");
    Path path;
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      path = folder.path();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
      Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("c"), "c");
      Files.createSymbolicLink(path.resolve("link"), elsewhere);
    }
    assertThat(path).doesNotExist();
    assertThat(elsewhere).hasContent("mine");
  }

  @Test
  void whatEndedProcessesLeftIsRemovedAndNothingElse() throws IOException {
    long alive = ProcessHandle.current().pid();
    Path dead = Files.createDirectories(place.resolve("lockstep-" + alive + "-1-0/inner"));
    Path used = Files.createDirectory(place.resolve("lockstep-" + alive + "-0-0"));
    Path other = Files.createDirectory(place.resolve("lockstep-mine"));
    Path link = Files.createSymbolicLink(place.resolve("lockstep-" + alive + "-2-0"), other);
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      assertThat(dead.getParent()).doesNotExist();
      assertThat(used).isDirectory();
      assertThat(other).isDirectory();
      assertThat(link).isSymbolicLink();
      try (TemporaryFolder second = TemporaryFolder.create()) {
        assertThat(folder.path()).isDirectory().isNotEqualTo(second.path());
      }
    }
  }

  @Test
  void mayLieInAFolderThatIsMadeForIt() throws IOException {
    Path parent = place.resolve("a/b");
    long alive = ProcessHandle.current().pid();
    Path dead = Files.createDirectories(parent.resolve("lockstep-" + alive + "-1-0/inner"));
    Path path;
    try (TemporaryFolder folder = TemporaryFolder.createIn(parent)) {
      path = folder.path();
      assertThat(path).isDirectory().hasParent(parent);
      assertThat(dead).doesNotExist();
    }
    assertThat(path).doesNotExist();
    try (TemporaryFolder folder = TemporaryFolder.createIn(place.resolve("new"))) {
      assertThat(folder.path()).isDirectory();
    }
  }
}
