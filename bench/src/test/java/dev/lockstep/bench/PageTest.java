package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lockstep.bench.Chromium.Theme;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.map.MapResult;
import dev.lockstep.bench.order.WrittenOrder;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Page;
import dev.lockstep.bench.page.Provenance;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The pages in a real browser: what they log, load, show, and keep from whom. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PageTest {

  private static final Path RESULTS = Path.of("../results");

  /** Pictures of all pages, to be looked at. */
  private static final Path PICTURES = Path.of("target/pictures");

  private static final Path SAMPLE = RESULTS.resolve("report.html").toAbsolutePath().normalize();

  private static final int NARROW = 390;
  private static final int README_WIDTH = 1200;
  private static final int WIDE = 1600;

  private static final String HOSTILE =
      "</script><img src=x onerror=\"document.title='run'\"><!-- \" ' ` ${1} @data@ \u202e😀\u0007";

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private Chromium chromium;

  @BeforeAll
  void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  /** A window and its colours. */
  private record View(int width, Theme theme) {
    /** No layout should depend on the colours, and no colour on the width. */
    static final List<View> TWO =
        List.of(new View(NARROW, Theme.DARK), new View(WIDE, Theme.LIGHT));

    static final List<View> ALL =
        List.of(
            new View(NARROW, Theme.LIGHT),
            new View(NARROW, Theme.DARK),
            new View(WIDE, Theme.LIGHT),
            new View(WIDE, Theme.DARK));

    String of(String name) {
      return name + "-" + width + "-" + theme.word();
    }
  }

  /** Opens a page in both widths and both themes and checks what every page owes. */
  private void requireSound(Path page, String name) throws IOException {
    requireSound(page, name, View.TWO, Barriers.LOOKED_FOR);
  }

  /** Whether axe-core looks at a page, which takes minutes for ten thousand cells. */
  private enum Barriers {
    LOOKED_FOR,
    LEFT_OUT
  }

  private void requireSound(Path page, String name, List<View> views, Barriers barriers)
      throws IOException {
    for (View view : views) {
      chromium.open(page, view.width(), view.theme());
      String which = view.of(name);
      assertThat(chromium.logged()).as("console of %s", which).isEmpty();
      assertThat(chromium.run("return performance.getEntriesByType('resource').length"))
          .as("requests of %s", which)
          .isEqualTo(0L);
      assertThat(chromium.run("return document.documentElement.scrollWidth <= innerWidth"))
          .as("fits %s", which)
          .isEqualTo(true);
      assertThat(chromium.run("return document.querySelectorAll('main > section').length"))
          .as("sections of %s", which)
          .isNotEqualTo(0L);
      assertThat(
              chromium.run(
                  "return [...document.querySelectorAll('.chart')].every(box =>"
                      + " box.querySelector('svg'))"))
          .as("charts of %s", which)
          .isEqualTo(true);
      if (barriers == Barriers.LOOKED_FOR) {
        assertThat(chromium.barriers()).as("axe-core on %s", which).isEmpty();
      }
      chromium.photograph(PICTURES.resolve(which + ".png"));
    }
  }

  @Test
  void barriersAreFound() throws IOException {
    Path page = folder.resolve("barriers.html");
    Files.writeString(
        page,
        "<!doctype html><html lang='en'><title>t</title><main><h1>h</h1><img src='data:,'>"
            + "<p style='color: #aaa; background: #fff'>faint</p></main></html>");
    chromium.open(page, WIDE, Theme.LIGHT);
    assertThat(chromium.barriers()).hasSize(2);
    chromium.logged();
  }

  private Path report(String... words) {
    Path page = folder.resolve("report.html");
    List<String> line = new ArrayList<>(List.of("report"));
    line.addAll(List.of(words));
    line.addAll(List.of("--html", page.toString()));
    assertThat(Lockstep.run(line.toArray(String[]::new))).as(console.complained()).isZero();
    return page;
  }

  static Stream<Path> machines() throws IOException {
    try (Stream<Path> all = Files.list(RESULTS)) {
      return all.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @Tag("thorough")
  @ParameterizedTest
  @MethodSource("machines")
  void committedResultsOfEachMachine(Path machine) throws IOException {
    try (Stream<Path> runs = Files.list(machine)) {
      String[] words =
          runs.filter(run -> Files.exists(run.resolve("manifest.json")))
              .sorted()
              .map(Path::toString)
              .toArray(String[]::new);
      assumeThat(words).isNotEmpty();
      Path page = report(words);
      assertThat(Files.size(page)).isLessThan(4_000_000);
      requireSound(page, machine.getFileName().toString(), View.ALL, Barriers.LOOKED_FOR);
    }
  }

  @Tag("thorough")
  @Test
  void theSample() throws IOException {
    requireSound(SAMPLE, "sample", View.ALL, Barriers.LOOKED_FOR);
    picture(SAMPLE, "seen", "#seen .two");
  }

  @Test
  void theMapsOfReadme() throws IOException {
    Path machine = RESULTS.resolve("amd-epyc-family-26-2-cores");
    picture(
        report(
            machine.resolve("2026-11-29-map-vector-openblas-mkl").toString(),
            machine.resolve("2026-11-29-map-libtorch").toString()),
        "maps",
        "#maps .maps");
  }

  /** Those that are committed, and those that could not be revealed. */
  @Tag("thorough")
  @Test
  void ordersOfAddition() throws IOException {
    Path written = folder.resolve("order.json");
    WrittenOrder.write(written);
    Path committed =
        RESULTS.resolve("amd-epyc-family-25-2-cores/2026-11-30-order").resolve("order.json");
    requireSound(
        report(written.toString(), committed.toString()), "orders", View.ALL, Barriers.LOOKED_FOR);
    assertThat(chromium.run("return document.querySelectorAll('#orders svg').length"))
        .isEqualTo(4L + 42);
  }

  /** A folder of files stands for them. */
  @Tag("thorough")
  @Test
  void errorsOfProducts() throws IOException {
    Path machine = RESULTS.resolve("amd-epyc-family-25-2-cores");
    requireSound(
        report(machine.resolve("2026-12-01-check").toString()),
        "errors",
        View.ALL,
        Barriers.LOOKED_FOR);
    assertThat(chromium.run("return document.querySelectorAll('#errors figure svg').length"))
        .isEqualTo(3L);
    assertThat(chromium.run("return document.querySelector('#errors table.cards').textContent"))
        .asString()
        .contains("openblas", "mkl");
    assertThat(chromium.run("return document.querySelector('#verdict').textContent"))
        .asString()
        .contains("Own order, bits");
  }

  /** A picture of README.md, which -Dlockstep.pictures=record replaces. */
  private void picture(Path page, String name, String selector) throws IOException {
    chromium.open(page, README_WIDTH, Theme.LIGHT);
    Path picture = PICTURES.resolve(name + ".png");
    chromium.photograph(picture, selector);
    if ("record".equals(System.getProperty("lockstep.pictures"))) {
      Files.copy(
          picture, Path.of("../docs/pictures", name + ".png"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path units(String file, String flag) {
    Path out = folder.resolve(file);
    String line = "study units --steps 20 --seeds 2 --backends vector,scalar " + flag + " " + out;
    assertThat(Lockstep.run(line.split(" "))).as(console.complained()).isZero();
    return out;
  }

  @Test
  void theSliderChangesThePictures() throws IOException {
    Path page = units("units.html", "--html");
    // Without data: 1.2 MB of Vega and Vega-Lite, styles and scripts.
    assertThat(Files.size(page)).isLessThan(2_000_000);
    requireSound(page, "units");
    String picture = "return document.querySelector('.random .units canvas').toDataURL()";
    String cursor = "return document.querySelector('.chart svg').innerHTML";
    Object before = chromium.run(picture);
    Object line = chromium.run(cursor);
    chromium.act(
        "const slider = document.getElementById('seen-step'); slider.value = 0;"
            + " slider.dispatchEvent(new Event('input'))");
    assertThat(chromium.run(picture)).isNotEqualTo(before);
    assertThat(chromium.run(cursor)).isNotEqualTo(line);
    assertThat(chromium.run("return document.querySelector('.stepper label').textContent"))
        .isEqualTo("Step 0 of 20");
    assertThat(
            chromium.run(
                "return document.getElementById('seen-step').getAttribute('aria-valuetext')"))
        .isEqualTo("Step 0 of 20");
    String equal =
        "return new Set([...document.querySelectorAll('.equal .units canvas')].map(each =>"
            + " each.toDataURL())).size";
    assertThat(chromium.run(equal)).isEqualTo(1L);
    assertThat(chromium.run(equal.replace(".equal", ".random"))).isEqualTo(16L);
  }

  @Test
  void paperHasTheFilmInsteadOfTheSlider() {
    chromium.open(units("units.html", "--html"), WIDE, Theme.DARK);
    chromium.act("window.dispatchEvent(new Event('beforeprint'))");
    assertThat(chromium.run("return document.documentElement.className")).isEqualTo("paper");
    assertThat(chromium.run("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(251, 251, 249)");
    assertThat(chromium.logged()).isEmpty();
  }

  private ObjectNode check() {
    Path file = folder.resolve("check.json");
    String line =
        "check --width 7 --batch 7 --depth 1 --activation tanh --init equal,random --optimizer sgd"
            + " --loss cross-entropy --noise 0 --steps 40 --backends scalar,vector,double --json "
            + file;
    assertThat(Lockstep.run(line.split(" "))).as(console.complained()).isZero();
    return (ObjectNode) JsonFile.tree(file);
  }

  private Path written(JsonNode json, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, JsonFile.text(json));
    return file;
  }

  @Test
  void aCheckWithAFault() throws IOException {
    ObjectNode check = check();
    check.put("verdict", "DIFFERS").put("sentence", "Something differs " + HOSTILE);
    ObjectNode outcome = (ObjectNode) check.at("/cells/0/outcomes/1");
    outcome.put("verdict", "DIFFERS").put("complaint", "DIFFERS (bits): " + HOSTILE);
    ObjectNode agreement = (ObjectNode) outcome.at("/agreements/0");
    agreement.put("verdict", "DIFFERS").put("reason", HOSTILE);
    ObjectNode fault = check.withArray("faults").addObject();
    fault.put("code", "bits-differ").put("backend", "vector").put("where", HOSTILE);
    fault.put("text", HOSTILE).put("repeat", HOSTILE).putArray("evidence").add(HOSTILE);
    Path page =
        report(written(check, "fault.json").toString(), units("u.json", "--json").toString());
    requireSound(page, "fault");
    assertThat(chromium.run("return document.querySelector('#verdict .state.bad').textContent"))
        .isEqualTo("Differs");
    assertThat(chromium.run("return document.querySelector('#verdict .remarks').textContent"))
        .asString()
        .contains("</script><img src=x");
    assertThat(chromium.run("return document.title")).isEqualTo("Lockstep report");
    assertThat(chromium.run("return document.querySelectorAll('img').length")).isEqualTo(0L);
  }

  @Tag("thorough")
  @Test
  void hostileNamesAndManyRowsDoNoHarm() throws IOException {
    List<MapResult.Row> rows = new ArrayList<>();
    for (int width = 1; width <= 1000; width++) {
      for (int batch = 1; batch <= 10; batch++) {
        rows.add(
            new MapResult.Row(
                HOSTILE,
                1,
                width,
                batch,
                "AGREES",
                "broken",
                List.of(batch),
                new MapResult.Break(1, 1, 1, batch, HOSTILE, HOSTILE)));
      }
    }
    Contents contents =
        new Contents()
            .add(HOSTILE, new MapResult(200, true, List.of(HOSTILE + "  " + HOSTILE), rows))
            .add(
                HOSTILE,
                new Provenance(
                    Map.of(HOSTILE, HOSTILE),
                    List.of(HOSTILE),
                    List.of(new Provenance.Warned(HOSTILE, HOSTILE))));
    Path page = folder.resolve("hostile.html");
    try (OutputStream out = Files.newOutputStream(page)) {
      new Page(contents).write(out);
    }
    requireSound(page, "hostile", View.ALL, Barriers.LEFT_OUT);
    assertThat(chromium.run("return document.querySelectorAll('.map tbody td').length"))
        .isEqualTo(10_000L);
    assertThat(chromium.run("return document.title")).isEqualTo("Lockstep report");
    assertThat(chromium.run("return document.querySelectorAll('img').length")).isEqualTo(0L);
    assertThat(Files.readString(page, UTF_8)).doesNotContain("</script><img");
  }

  @Test
  void arrowKeysMoveInAMap() throws IOException {
    Path map = machines().flatMap(PageTest::maps).findFirst().orElseThrow();
    chromium.open(report(map.toString()), WIDE, Theme.LIGHT);
    chromium.act("document.querySelector('.map td[tabindex=\"0\"]').focus()");
    Object before = chromium.run("return document.activeElement.getAttribute('aria-label')");
    chromium.act(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown',"
            + " bubbles: true}))");
    assertThat(chromium.run("return document.activeElement.getAttribute('aria-label')"))
        .isNotEqualTo(before);
    assertThat(chromium.run("return document.querySelector('#maps .note').textContent"))
        .isEqualTo(chromium.run("return document.activeElement.getAttribute('aria-label')"));
  }

  private static Stream<Path> maps(Path machine) {
    try (Stream<Path> runs = Files.list(machine)) {
      return runs.filter(run -> Files.exists(run.resolve("map.csv"))).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
