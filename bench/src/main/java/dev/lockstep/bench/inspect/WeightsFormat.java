package dev.lockstep.bench.inspect;

import dev.lockstep.file.ForeignFile;
import dev.lockstep.file.NpzArchive;
import dev.lockstep.file.SafetensorsFile;
import dev.lockstep.file.TensorFile;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The file formats of weights, recognised by content, not by name. Pickles, PyTorch's own format,
 * contain programs and are never loaded.
 */
enum WeightsFormat {
  NPZ("npz"),
  SAFETENSORS("safetensors");

  private static final int START = 16;
  private static final String ZIP = "PK";
  private static final String NPY = "\u0093NUMPY";
  private static final char PICKLE = '\u0080';

  private static final String CONVERT =
      "whose pickled objects can run any code and are never loaded; convert it in Python:"
          + " safetensors.torch.save_file(torch.load(FILE, weights_only=True),"
          + " 'weights.safetensors')";

  private final String label;

  WeightsFormat(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /**
   * Recognises the format of a file.
   *
   * @throws InputException naming the actual content if the file has neither format
   */
  static WeightsFormat of(Path file) {
    byte[] start = start(file);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith(ZIP)) {
      Optional<String> pickle = pickle(file);
      if (pickle.isPresent()) {
        throw content(file, "a PyTorch archive with the pickle '" + pickle.get() + "'", CONVERT);
      }
      return NPZ;
    }
    if (text.length() > 1 && text.charAt(0) == PICKLE && text.charAt(1) <= 5) {
      throw content(file, "a pickle, as older versions of PyTorch write it", CONVERT);
    }
    if (text.startsWith(NPY)) {
      throw content(
          file, "a single .npy array", "expected named ones; write them with numpy.savez");
    }
    if (SafetensorsFile.starts(start)) {
      return SAFETENSORS;
    }
    throw content(
        file,
        start.length == 0 ? "empty" : "unknown, beginning with " + HexFormat.of().formatHex(start),
        "expected a .npz or a .safetensors file");
  }

  /** Opens a file of this format. */
  TensorFile open(Path file) {
    return switch (this) {
      case NPZ -> NpzArchive.open(file);
      case SAFETENSORS -> SafetensorsFile.open(file);
    };
  }

  private static byte[] start(Path file) {
    try (InputStream in = ForeignFile.open(file)) {
      return in.readNBytes(START);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  /** The name of a pickle in an archive. Damaged archives are reported when they are opened. */
  private static Optional<String> pickle(Path file) {
    try (ZipFile zip = ForeignFile.zip(file)) {
      return zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".pkl")).findFirst();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static InputException content(Path file, String found, String problem) {
    return new InputException(file.toString(), "content", found, problem);
  }
}
