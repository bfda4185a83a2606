package dev.lockstep.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoaderSearchTest {

  @TempDir Path folder;

  private LoaderSearch search(String path, byte[] cache) throws Exception {
    Path file = Files.write(folder.resolve("ld.so.cache"), cache);
    return new LoaderSearch(path, file, List.of(folder.resolve("usual")));
  }

  private Path made(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "");
  }

  /** The table of the C library: a header, entries, and the strings that they point to. */
  private static byte[] cache(String... namesAndFiles) {
    int count = namesAndFiles.length / 2;
    ByteBuffer table = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    table.put("old table, glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII));
    int start = "old table, ".length();
    table.putInt(count);
    int strings = 48 + 24 * count;
    for (int i = 0; i < count; i++) {
      int entry = start + 48 + 24 * i;
      table.putInt(entry, 0x303);
      for (int j = 0; j < 2; j++) {
        byte[] text = (namesAndFiles[2 * i + j] + "\0").getBytes(StandardCharsets.UTF_8);
        table.putInt(entry + 4 + 4 * j, strings);
        table.put(start + strings, text);
        strings += text.length;
      }
    }
    return table.array();
  }

  @Test
  void inTheLoadersOrder() throws Exception {
    Path onPath = made("one/libx.so.1");
    Path cached = made("cached/libx.so.1");
    Path usual = made("usual/libx.so.1");
    byte[] cache =
        cache("liby.so.1", "/nowhere", "libx.so.1", cached.toString(), "libx.so.1", "/nowhere");
    LoaderSearch search = search(folder + "/none:" + folder + "/one;/\0", cache);
    assertThat(search.files("libx.so.1")).containsExactly(onPath, cached, usual);
    assertThat(search.files("liby.so.1")).isEmpty();
  }

  @Test
  void aDamagedCacheIsNone() throws Exception {
    byte[] whole = cache("libx.so.1", "/lib/libx.so.1");
    Random random = new Random(19);
    for (int i = 0; i < 2000; i++) {
      byte[] cache = whole.clone();
      for (int change = 0; change < 3; change++) {
        cache[random.nextInt(160)] = (byte) random.nextInt();
      }
      LoaderSearch search = search("", cache);
      assertThatCode(() -> search.files("libx.so.1")).doesNotThrowAnyException();
    }
    assertThat(new LoaderSearch("", folder, List.of()).files("libx.so.1")).isEmpty();
  }
}
