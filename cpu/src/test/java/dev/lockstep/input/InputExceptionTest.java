package dev.lockstep.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InputExceptionTest {

  private static final Path FILE = Path.of("a/b.npz");

  @Test
  void namesSourceFieldAndValue() {
    assertThat(
            new InputException(
                "train-images-idx3-ubyte",
                "magic number",
                "0x00000802",
                "expected 0x00000803 (images)"))
        .hasMessage(
            "train-images-idx3-ubyte: magic number is 0x00000802, expected 0x00000803 (images)");
  }

  @Test
  void keepsForeignTextOnOneShortLine() {
    String value = "\u001b[31m\r\nred\u202e" + "x".repeat(1000);
    assertThat(new InputException("--steps\n", "value", value, "expected a number"))
        .hasMessage(
            "--steps\\n: value is \\u001b[31m\\r\\nred\\u202e"
                + "x".repeat(57)
                + "..., expected a number");
  }

  @Test
  void showsThatNothingWasGiven() {
    assertThat(new InputException("--backends", "backend", "", "expected one of scalar, vector"))
        .hasMessage("--backends: backend is '', expected one of scalar, vector");
  }

  @Test
  void givesTheReasonOfAFileFault() {
    assertThat(InputException.unreadable(FILE, new NoSuchFileException("a/b.npz")))
        .hasMessage("a/b.npz: cannot be read, no such file or folder");
    assertThat(InputException.unreadable(FILE, new AccessDeniedException("a/b.npz")))
        .hasMessage("a/b.npz: cannot be read, permission denied");
    assertThat(InputException.unwritable(FILE, new FileSystemException("x", null, "Disk is tired")))
        .hasMessage("a/b.npz: cannot be written, Disk is tired");
    assertThat(InputException.unwritable(FILE, new IOException("No space left on device")))
        .hasMessage("a/b.npz: cannot be written, No space left on device");
    assertThat(InputException.unwritable(FILE, new IOException()))
        .hasMessage("a/b.npz: cannot be written, java.io.IOException");
  }

  @Test
  void keepsTheCauseOfAFileFault() {
    IOException cause = new IOException("broken");
    assertThat(InputException.unreadable(FILE, cause)).hasCause(cause);
  }
}
