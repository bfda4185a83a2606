package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.gpu.discovery.ElfFile.FormatException;
import dev.lockstep.gpu.discovery.ElfFile.Text;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from, and changed in, JCuda's own libraries. */
final class NeededRenameTest {

  private static final String FROM = "libcublas.so.12";
  private static final String TO = "libcublas.so.13";
  private static final byte[] SHIPPED = JniLibrary.CUBLAS.bytes();

  /** {@code readelf -d} and {@code readelf -V} of the same file. */
  @Test
  void readWhatTheLibraryNeeds() throws Exception {
    ElfFile elf = ElfFile.of(MemorySegment.ofArray(SHIPPED));
    assertThat(elf.soname())
        .extracting(Text::value)
        .isEqualTo("libJCublas2-12.6.0-linux-x86_64.so");
    assertThat(elf.needed())
        .extracting(Text::value)
        .containsExactly(
            "libpthread.so.0",
            "librt.so.1",
            "libdl.so.2",
            FROM,
            "libstdc++.so.6",
            "libc.so.6",
            "ld-linux-x86-64.so.2");
    assertThat(elf.versions()).hasSize(16);
    assertThat(elf.versions())
        .filteredOn(need -> need.library().value().equals(FROM))
        .singleElement()
        .satisfies(
            need -> {
              assertThat(need.name().value()).isEqualTo(FROM);
              assertThat(need.hash()).isEqualTo(0x0ef62132);
            });
  }

  /** Hashes as {@code readelf} and binutils' {@code bfd_elf_hash} have them. */
  @Test
  void hashAsTheLoaderDoes() {
    assertThat(ElfFile.hash("GLIBC_2.2.5")).isEqualTo(0x09691a75);
    assertThat(ElfFile.hash("GLIBC_2.14")).isEqualTo(0x06969194);
    assertThat(ElfFile.hash(TO)).isEqualTo(0x0ef62133);
  }

  @Test
  void changeTheNameAndItsHashAndNothingElse() throws Exception {
    byte[] renamed = NeededRename.apply(SHIPPED, FROM, TO);
    assertThat(renamed).hasSameSizeAs(SHIPPED);
    int changed = 0;
    for (int i = 0; i < renamed.length; i++) {
      if (renamed[i] != SHIPPED[i]) {
        changed++;
      }
    }
    // The last letter of the one string that entry and version share, and the last byte of the
    // hash.
    assertThat(changed).isEqualTo(2);
    assertThat(ElfFile.of(MemorySegment.ofArray(renamed)).needed())
        .extracting(Text::value)
        .contains(TO)
        .doesNotContain(FROM);
  }

  @Test
  void refuseALibraryThatDoesNotNeedIt() {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(JniLibrary.DRIVER.bytes(), FROM, TO))
        .withMessage("needs libcublas.so.12 0 times");
  }

  @Test
  void refuseAnotherHash() {
    byte[] damaged = SHIPPED.clone();
    ElfFile elf = parsed(damaged);
    damaged[(int) versionOf(elf).hashOffset()] ^= 1;
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(damaged, FROM, TO))
        .withMessage("has the hash 0ef62133 for the symbol version libcublas.so.12");
  }

  @Test
  void refuseAStringThatOthersShare() {
    byte[] damaged = SHIPPED.clone();
    List<Text> needed = parsed(damaged).needed();
    ByteBuffer bytes = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
    // Lets the first NEEDED entry name "so.12", the end of the fourth one's string.
    int entry = dynamicEntries(bytes, needed);
    long strings = needed.getFirst().offset() - bytes.getLong(entry + 8);
    bytes.putLong(entry + 8, needed.get(3).offset() + "libcublas.".length() - strings);
    assertThat(parsed(damaged).needed().getFirst().value()).isEqualTo("so.12");
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> NeededRename.apply(damaged, FROM, TO))
        .withMessage("shares the string libcublas.so.12 with another name");
  }

  /** Where the first NEEDED entry lies: tag 1, twice, with names as far apart as the strings. */
  private static int dynamicEntries(ByteBuffer bytes, List<Text> needed) {
    long apart = needed.get(1).offset() - needed.get(0).offset();
    for (int at = 0; at < bytes.limit() - 32; at += 8) {
      if (bytes.getLong(at) == 1
          && bytes.getLong(at + 16) == 1
          && bytes.getLong(at + 24) - bytes.getLong(at + 8) == apart) {
        return at;
      }
    }
    throw new AssertionError("no dynamic section");
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

  private static ElfFile parsed(byte[] bytes) {
    try {
      return parse(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static ElfFile.VersionNeed versionOf(ElfFile elf) {
    return elf.versions().stream()
        .filter(need -> need.library().value().equals(FROM))
        .findFirst()
        .orElseThrow();
  }
}
