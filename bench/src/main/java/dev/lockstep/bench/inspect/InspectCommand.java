package dev.lockstep.bench.inspect;

import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep inspect}: finds equal units in trained weights. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Answers for weights that any program trained: are my units still equal? For every"
          + " two-dimensional weight it counts the classes of equal rows and columns, for every"
          + " convolution those of output and input channels; and in each the dead units (all"
          + " zero) and the near-duplicates.",
      "",
      "FILE is a NumPy .npz or a .safetensors file; its content decides, not its name. A pickle"
          + " (PyTorch's .pt and .pth) is never loaded: convert it with"
          + " safetensors.torch.save_file.",
      ""
    },
    footer = {
      "",
      "Units are equal if all their bits are: NaNs count as one, -0 is not +0. Exit codes: 0 the"
          + " file was inspected, whatever was found; 2 a flag or the file was wrong.",
      "",
      "Examples:",
      "  lockstep inspect model.safetensors",
      "  lockstep inspect net.npz --near 0.999 --json units.json"
    })
public final class InspectCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "The weights.")
  Path file = Path.of("");

  @Option(
      names = "--near",
      converter = Cosines.class,
      paramLabel = "X",
      description =
          "Units are near-duplicates if the cosine between them is above X, 0 to 1, and their bits"
              + " are not equal (default: ${DEFAULT-VALUE}).")
  double near = 0.9999;

  private final ReportFiles<Inspection> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>(
                  "Write everything as JSON, with the numbers of the equal units.",
                  InspectJson::of)));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Cosines extends FlagValues<Double> {
    Cosines() {
      super("", Cosines::cosine);
    }

    private static double cosine(String flag, String text) {
      try {
        double number = Double.parseDouble(text);
        if (number >= 0 && number <= 1) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Reported below.
      }
      throw new InputException(flag, "cosine", text, "expected a number from 0 to 1");
    }
  }

  @Override
  public Integer call() {
    files.forEach(this::requireOther);
    files.require(List.of());
    Inspection inspection = Inspection.of(file, near);
    new InspectText(inspection).print(Printer.report());
    return files.write(inspection, 0);
  }

  /** Refuses a report file that would replace the weights. */
  private void requireOther(String flag, Path target) {
    try {
      if (Files.exists(target) && Files.exists(file) && Files.isSameFile(target, file)) {
        throw new InputException(
            flag, "file", target, "which holds the weights; choose another one");
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
