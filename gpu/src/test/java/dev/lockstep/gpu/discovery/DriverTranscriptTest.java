package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.gpu.discovery.DriverTranscript.End;
import dev.lockstep.gpu.discovery.DriverTranscript.FormException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read back of a driver's answers is checked for its form, wherever it comes from. */
final class DriverTranscriptTest {

  private static final List<String> WHOLE =
      List.of(
          "calling:dlopen",
          "file:%2Flib%2Flibcuda.so.1",
          "version:12060",
          "calling:cuInit",
          "count:1",
          "device:0:Some+GPU%3B+a:9:0:1024:0000%3A01%3A00.0",
          "end");

  @Test
  void aWholeOneIsRead() throws Exception {
    DriverTranscript transcript = DriverTranscript.read(WHOLE);
    assertThat(transcript.end()).isEqualTo(new End.Complete());
    assertThat(transcript.devices())
        .singleElement()
        .hasToString("device 0, Some GPU; a, compute capability 9.0, 0.0 MiB");
    String property = DriverSearch.property(WHOLE);
    assertThat(property).doesNotContainAnyWhitespaces();
    assertThat(DriverTranscript.read(List.of(property.split(";")))).isEqualTo(transcript);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "end",
        "file",
        "nothing:1",
        "file:a:b;end",
        "file:%zz;end",
        "file:%00;end",
        "file:a;version:x;end",
        "file:a;device:1:n:9:0:1:;end",
        "file:a;refused:NO_SUCH_KIND:r;end",
        "file:a;end;end",
        "file:a;count:99999999999999;end"
      })
  void whatIsNone(String text) {
    assertThatExceptionOfType(FormException.class)
        .isThrownBy(() -> DriverTranscript.read(List.of(text.split(";"))));
  }

  /** Lines cut, doubled, swapped and changed end in a transcript or in the one exception. */
  @Test
  void nothingElseIsThrown() {
    Random random = new Random(19);
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      List<String> lines = new ArrayList<>(WHOLE);
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
          case 0 -> lines.set(at, changed(lines.get(at), random));
          case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
          case 2 -> lines.set(at, String.join(":", Stream.of(lines.get(at), "7").toList()));
          default -> {
            if (lines.size() > 1) {
              lines.remove(at);
            }
          }
        }
      }
      try {
        assertThat(DriverTranscript.read(lines).devices().size()).isLessThanOrEqualTo(2);
        read++;
      } catch (FormException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
    assertThat(read).isBetween(1000, 49_000);
  }

  private static String changed(String line, Random random) {
    StringBuilder text = new StringBuilder(line);
    if (!line.isEmpty()) {
      text.setCharAt(random.nextInt(line.length()), (char) random.nextInt(0x250));
    }
    return text.toString();
  }
}
