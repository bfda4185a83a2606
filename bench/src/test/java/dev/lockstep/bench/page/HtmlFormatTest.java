package dev.lockstep.bench.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** When a page is written, and when it may be opened. */
final class HtmlFormatTest {

  @TempDir Path folder;

  private static ReportFiles<Contents> files(HtmlFormat<Contents> format, String... arguments) {
    ReportFiles<Contents> files = new ReportFiles<>(List.of(format));
    new CommandLine(files.flags()).parseArgs(arguments);
    return files;
  }

  private static ReportFiles<Contents> onRequest(String... arguments) {
    return files(new HtmlFormat<>((contents, _) -> contents), arguments);
  }

  private ReportFiles<Contents> always(String... arguments) {
    return files(
        new HtmlFormat<>((contents, _) -> contents, folder.resolve("usual.html")), arguments);
  }

  @Test
  void withoutAPageThereIsNothingToOpen() {
    ReportFiles<Contents> files = onRequest("--open");
    assertThatThrownBy(() -> files.require(List.of()))
        .isInstanceOf(InputException.class)
        .hasMessage("--open: page is absent, expected --html FILE");
    assertThatThrownBy(files::requireNone)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--open: page is absent");
  }

  @Test
  void aPageThatIsNamedMayBeOpened() {
    onRequest("--open", "--html", folder.resolve("p.html").toString()).require(List.of());
    onRequest().require(List.of());
    onRequest().requireNone();
  }

  @Test
  void theUsualPageMayBeOpenedUnlessNoneIsWritten() {
    ReportFiles<Contents> files = always("--open");
    files.require(List.of());
    assertThatThrownBy(files::requireNone).hasMessageStartingWith("--open: page is absent");
  }

  @Test
  void aNamedPageIsWrittenInPlaceOfTheUsualOne() {
    Path named = folder.resolve("p.html");
    always("--html", named.toString()).write(new Contents(), 0);
    assertThat(folder.resolve("usual.html")).doesNotExist();
    assertThat(named).content().startsWith("<!doctype html>");
    always().write(new Contents(), 0);
    assertThat(folder.resolve("usual.html")).exists();
    onRequest().write(new Contents(), 0);
  }
}
