package dev.lockstep.bench.page;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the HTML report: one file that needs no network. Everything that comes from results
 * travels as JSON and becomes text nodes; the page's policy runs the scripts that were put in here,
 * known by their SHA-256, and no other, and allows no request.
 */
public final class Page {

  private static final String CHARTS = "vega/vega.min.js";
  private static final String GRAMMAR = "vega/vega-lite.min.js";

  /** A place in the template, which is a resource. */
  private static final Pattern PLACE = Pattern.compile("@(policy|style|data|scripts)@");

  /** A section that has data. */
  private record Filled(Section section, Object data) {}

  /** What the scripts read. */
  private record Data(int schema, List<Drawn> sections) {}

  /** The data of one section. */
  private record Drawn(String id, Object data) {}

  private static final int SCHEMA = 1;

  private final List<Filled> sections = new ArrayList<>();

  /** Chooses the sections that have something to show. */
  public Page(Contents contents) {
    for (Section section : ServiceLoader.load(Section.class)) {
      section.data(contents).ifPresent(data -> sections.add(new Filled(section, data)));
    }
  }

  /** Writes the page as UTF-8. */
  public void write(OutputStream out) throws IOException {
    List<String> scripts =
        Stream.concat(
                Stream.of(CHARTS, GRAMMAR, "page.js", "charts.js")
                    .map(name -> text(Page.class, name)),
                Stream.concat(
                    sections.stream()
                        .map(each -> text(each.section().getClass(), each.section().id() + ".js")),
                    Stream.of("lockstep.draw();\n")))
            .toList();
    Map<String, String> parts =
        Map.of(
            "policy",
            policy(scripts),
            "style",
            style(),
            "data",
            data(),
            "scripts",
            scripts.stream().map(Page::element).collect(Collectors.joining("\n")));
    // In one pass, because the data may contain what looks like a place.
    String html =
        PLACE
            .matcher(text(Page.class, "page.html"))
            .replaceAll(found -> Matcher.quoteReplacement(parts.get(found.group(1))));
    out.write(html.getBytes(StandardCharsets.UTF_8));
  }

  /** The style of the page and of those sections that have one of their own. */
  private String style() {
    return Stream.concat(
            Stream.of(text(Page.class, "page.css")),
            sections.stream()
                .filter(
                    each ->
                        each.section().getClass().getResource(each.section().id() + ".css") != null)
                .map(each -> text(each.section().getClass(), each.section().id() + ".css")))
        .collect(Collectors.joining("\n"));
  }

  /** JSON in which no character could end the element around it. */
  private String data() {
    Data data =
        new Data(
            SCHEMA,
            sections.stream().map(each -> new Drawn(each.section().id(), each.data())).toList());
    return JsonFile.line(data).replace("<", "\\u003c");
  }

  private static String element(String script) {
    return "<script>" + script + "</script>";
  }

  /**
   * The page's content security policy. Vega turns the expressions of charts into functions, for
   * which it needs unsafe-eval; no expression contains anything of the data.
   */
  private static String policy(List<String> scripts) {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src"
        + " 'unsafe-inline'; script-src 'unsafe-eval' "
        + scripts.stream().map(Page::source).collect(Collectors.joining(" "));
  }

  private static String source(String script) {
    byte[] digest = HexFormat.of().parseHex(Sha256.of(script.getBytes(StandardCharsets.UTF_8)));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }

  private static String text(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " of " + beside + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
