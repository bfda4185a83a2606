package dev.lockstep.bench.check;

import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.input.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a check that have ended, for a check that does not end: a time limit loses only the
 * cell that it interrupts. {@code --json FILE} is either complete or absent; until it is complete,
 * {@code FILE.partial} beside it has a line of JSON for the check and one for each cell.
 */
final class PartialReport {

  private static final String SUFFIX = ".partial";

  private final Path file;
  private @Nullable BufferedWriter out;
  private @Nullable IOException fault;

  private PartialReport(Path file) {
    this.file = file;
  }

  /** Returns the partial report of a {@code --json} file; empty if none is written in one piece. */
  static Optional<PartialReport> of(ReportFiles<CheckReport> files) {
    Map<String, Path> byFlag = new TreeMap<>();
    files.forEach(byFlag::put);
    return Optional.ofNullable(byFlag.get("--json"))
        .filter(AtomicFile::replaces)
        .map(json -> new PartialReport(json.resolveSibling(json.getFileName() + SUFFIX)));
  }

  /**
   * Begins the file and replaces that of an earlier check.
   *
   * @param scenarios the number of cells to come
   * @throws InputException if it cannot be written
   */
  void begin(int scenarios) {
    try {
      out = Files.newBufferedWriter(file);
      line(new Header(Document.CHECK.version(), Document.CHECK.kind(), "partial", scenarios));
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  /** The first line. */
  record Header(int schema, String kind, String state, int scenarios) {}

  /** Adds a cell. A failure is reported by {@link #end}, after the report. */
  void add(CellResult result) {
    try {
      line(CheckJson.Trained.of(result));
    } catch (IOException e) {
      fault = fault == null ? e : fault;
    }
  }

  private void line(Object content) throws IOException {
    if (out != null && fault == null) {
      out.write(JsonFile.line(content));
      out.newLine();
      // Without the buffer, which a killed process takes with it.
      out.flush();
    }
  }

  /**
   * Removes the file, because the report is complete.
   *
   * @throws InputException if a cell could not be added
   */
  void end() {
    try {
      if (out != null) {
        out.close();
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      fault = fault == null ? e : fault;
    }
    if (fault != null) {
      throw InputException.unwritable(file, fault);
    }
  }
}
