package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.page.Page;
import dev.lockstep.bench.page.Section;
import dev.lockstep.file.Sha256;
import java.io.InputStream;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that pages are made of. */
final class PageFilesTest {

  /** From the npm packages vega 6.4.0 and vega-lite 6.5.0. */
  @ParameterizedTest
  @CsvSource({
    "vega.min.js, 8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f",
    "vega-lite.min.js, 83e215e84e308ee8688fa6503ba0f1cf8a3c05c0d61df2841a0b92bf86809e00",
    "LICENSE-vega, 63727832aaf62004a2b249c933e327f3c90caf49e41a72f4bf436edf632cbda8",
    "LICENSE-vega-lite, f618900fd0d64046963b29f40590cdd1e341a2f41449f99110d82fd81fea808c"
  })
  void librariesAreAsTheirMakersPublishedThem(String file, String digest) throws Exception {
    try (InputStream in = Page.class.getResourceAsStream("vega/" + file)) {
      assertThat(Sha256.of(in.readAllBytes())).isEqualTo(digest);
    }
  }

  @Test
  void everySectionHasAScriptThatNamesIt() throws Exception {
    for (Section section : ServiceLoader.load(Section.class)) {
      try (InputStream in = section.getClass().getResourceAsStream(section.id() + ".js")) {
        assertThat(in).as(section.id()).isNotNull();
        String script = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(script).startsWith("lockstep.section('" + section.id() + "', ");
        assertThat(script).doesNotContain("innerHTML", "</script", "document.write");
      }
    }
  }
}
