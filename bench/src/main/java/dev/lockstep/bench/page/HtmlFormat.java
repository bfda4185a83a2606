package dev.lockstep.bench.page;

import dev.lockstep.bench.report.ReportFormat;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A report as a page with pictures, which {@code --open} shows.
 *
 * @param <R> the type of the report
 */
public final class HtmlFormat<R> implements ReportFormat<R> {

  private static final String OPEN = "--open";

  private final BiFunction<R, Integer, Contents> contents;
  private final @Nullable Path usual;
  private final OptionSpec open =
      OptionSpec.builder(OPEN)
          .type(boolean.class)
          .arity("0")
          .description("Show the page in a browser.")
          .build();

  /**
   * @param contents makes the page's contents of a report and an exit code
   */
  public HtmlFormat(BiFunction<R, Integer, Contents> contents) {
    this(contents, null);
  }

  /** A page of what a command has written to a folder. */
  public static HtmlFormat<Path> ofFolder(String name, FolderReader reader) {
    return new HtmlFormat<>((folder, _) -> reader.alone(name, folder));
  }

  /**
   * A page that is always written.
   *
   * @param usual the file if none is named
   */
  public HtmlFormat(BiFunction<R, Integer, Contents> contents, @Nullable Path usual) {
    this.contents = contents;
    this.usual = usual;
  }

  @Override
  public Optional<Path> usual() {
    return Optional.ofNullable(usual);
  }

  @Override
  public String flag() {
    return "--html";
  }

  @Override
  public String description() {
    return "Write a page with pictures, which a browser shows without a network.";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(open);
  }

  @Override
  public void require(Optional<Path> file) {
    if (isToBeOpened() && file.isEmpty()) {
      throw new InputException(OPEN, "page", "absent", "expected " + flag() + " FILE");
    }
  }

  @Override
  public void write(R report, int exitCode, OutputStream out) throws IOException {
    new Page(contents.apply(report, exitCode)).write(out);
  }

  @Override
  public void written(Path file) {
    if (isToBeOpened()) {
      Browser.open(file);
    }
  }

  private boolean isToBeOpened() {
    return Boolean.TRUE.equals(open.getValue());
  }
}
