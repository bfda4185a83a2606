package dev.lockstep.bench;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium that shows one page at a time. */
final class Chromium implements AutoCloseable {

  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private static final Set<String> GRAVE = Set.of("serious", "critical");

  private static final int HEIGHT = 1000;

  /** The colours that a user prefers. */
  enum Theme {
    LIGHT,
    DARK;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts the browser, or aborts the test if Debian's packages are missing. */
  static Chromium start() {
    Assumptions.assumeTrue(
        Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
        "SKIPPED: no page was opened; apt-get install chromium chromium-driver");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    return new Chromium(
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options));
  }

  /** Opens a file in a window of this width. */
  void open(Path file, int width, Theme theme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme.word()))));
    driver.get(file.toUri().toString());
    // Charts are drawn in the next frame.
    driver.executeAsyncScript(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() =>"
            + " done()))");
  }

  /** Runs a script that returns nothing. */
  void act(String script) {
    driver.executeScript(script);
  }

  /** The value of a script's return statement. */
  Object run(String script) {
    return Objects.requireNonNull(((JavascriptExecutor) driver).executeScript(script), script);
  }

  /** What was logged since the last call, one line each. */
  List<String> logged() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** The findings of axe-core that are serious or critical. */
  List<String> barriers() {
    AxeRunOptions violations = new AxeRunOptions();
    violations.setResultTypes(List.of("violations"));
    // The legacy mode looks at a page without frames as the other does, in a third of the time.
    return new AxeBuilder()
        .withOptions(violations).setLegacyMode(true).analyze(driver).getViolations().stream()
            .filter(rule -> GRAVE.contains(rule.getImpact()))
            .map(Rule::toString)
            .toList();
  }

  /** Writes the page from top to bottom as PNG. */
  void photograph(Path file) throws IOException {
    photograph(file, Map.of("captureBeyondViewport", true, "format", "png"));
  }

  /** Writes an element as PNG. */
  void photograph(Path file, String selector) throws IOException {
    @SuppressWarnings("unchecked")
    Map<String, Object> box =
        (Map<String, Object>)
            run(
                "const box = document.querySelector('"
                    + selector
                    + "').getBoundingClientRect(); return {x: box.x + scrollX, y: box.y + scrollY,"
                    + " width: box.width, height: box.height, scale: 1}");
    photograph(file, Map.of("captureBeyondViewport", true, "format", "png", "clip", box));
  }

  private void photograph(Path file, Map<String, Object> how) throws IOException {
    Files.createDirectories(file.getParent());
    Object data = driver.executeCdpCommand("Page.captureScreenshot", how).get("data");
    Files.write(file, Base64.getDecoder().decode(String.valueOf(data)));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
