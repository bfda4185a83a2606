package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.machine.ElfFile;
import dev.lockstep.machine.ElfFile.FormatException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from, and changed in, JCuda's own libraries. */
final class NeededRenameTest {

  private static final String FROM = "libcublas.so.12";
  private static final String TO = "libcublas.so.13";
  private static final byte[] SHIPPED = JniLibrary.CUBLAS.bytes();

  /** The end of the one string that NEEDED entry and version share ({@code readelf -p .dynstr}). */
  private static final int LAST_LETTER = 0x12888;

  /** The hash of the needed version ({@code readelf -V}). */
  private static final int HASH = 0x14c60;

  /** As {@code readelf -d} shows it. */
  @Test
  void readTheNameOfTheLibrary() throws Exception {
    assertThat(parse(SHIPPED).soname()).isEqualTo("libJCublas2-12.6.0-linux-x86_64.so");
  }

  /** Hashes as {@code readelf} and binutils' {@code bfd_elf_hash} have them. */
  @Test
  void hashAsTheLoaderDoes() {
    assertThat(NeededRename.hash("GLIBC_2.2.5")).isEqualTo(0x09691a75);
    assertThat(NeededRename.hash("GLIBC_2.14")).isEqualTo(0x06969194);
    assertThat(NeededRename.hash(TO)).isEqualTo(0x0ef62133);
  }

  @Test
  void changeTheNameAndItsHashAndNothingElse() throws Exception {
    byte[] renamed = NeededRename.apply(SHIPPED, FROM, TO);
    assertThat(renamed).hasSameSizeAs(SHIPPED);
    List<Integer> changed =
        IntStream.range(0, renamed.length).filter(i -> renamed[i] != SHIPPED[i]).boxed().toList();
    assertThat(changed).containsExactly(LAST_LETTER, HASH);
    assertThat(renamed[LAST_LETTER]).isEqualTo((byte) '3');
    assertThat(renamed[HASH]).isEqualTo((byte) NeededRename.hash(TO));
  }

  @Test
  void refuseALibraryThatDoesNotNeedIt() {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(JniLibrary.DRIVER.bytes(), FROM, TO))
        .withMessage("does not have the name libcublas.so.12 exactly once");
  }

  @Test
  void refuseAnotherHash() {
    byte[] damaged = SHIPPED.clone();
    damaged[HASH] ^= 1;
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(damaged, FROM, TO))
        .withMessage("does not have the hash of the name libcublas.so.12 exactly once");
  }

  @Test
  void refuseANameThatStandsThereTwice() {
    byte[] twice = Arrays.copyOf(SHIPPED, SHIPPED.length + FROM.length() + 2);
    System.arraycopy(
        FROM.getBytes(StandardCharsets.US_ASCII), 0, twice, SHIPPED.length + 1, FROM.length());
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(twice, FROM, TO))
        .withMessage("does not have the name libcublas.so.12 exactly once");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 33, 63, 64, 129, 250, 1021, 100_003})
  void refuseACutOffLibrary(int length) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> parse(Arrays.copyOf(SHIPPED, length)));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> parse(Arrays.copyOf(SHIPPED, SHIPPED.length - 1 - length)))
        .withMessageStartingWith("is cut off");
  }

  @ParameterizedTest
  @EnumSource(JniLibrary.class)
  void endWhateverTheTablesSay(JniLibrary library) {
    byte[] whole = library.bytes();
    long seed = 0x5eed;
    Random random = new Random(seed);
    for (int round = 0; round < 1021; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 3; i++) {
        damaged[random.nextInt(0x1000)] = (byte) random.nextInt();
      }
      try {
        parse(damaged);
      } catch (FormatException named) {
        assertThat(named.getMessage()).as("seed %d, round %d", seed, round).startsWith("is ");
      }
    }
  }

  private static ElfFile parse(byte[] bytes) throws FormatException {
    return ElfFile.of(MemorySegment.ofArray(bytes));
  }
}
