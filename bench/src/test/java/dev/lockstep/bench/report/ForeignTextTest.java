package dev.lockstep.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.input.Printable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;

/**
 * Any text in every format that has foreign text, read back by somebody else's parser: random
 * strings of all of Unicode, with what the formats give a meaning.
 */
final class ForeignTextTest {

  private static final long SEED = 19;
  private static final int TEXTS = 2000;

  private static final String MEANINGFUL =
      "'\"`$\\;|&<>(){}[]*?!#~%^=+-@:,./ \t\r\n\0\u001b\u0007\u009b\u0085\u00a0\u00ad\u034f\u061c"
          + "\u115f\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\u3164\ufe0f\ufeff"
          + "\ufffe\uffff\ud800\udfff]]>--";

  private static final String ASCII = "ab '\"`$\\;|&<>(){}[]*?!#~%^=+-@:,./";

  /** Judged by the types of characters, independently of the expression of {@link Printable}. */
  private static final Set<Integer> UNPRINTABLE =
      Set.of(
          (int) Character.CONTROL,
          (int) Character.FORMAT,
          (int) Character.LINE_SEPARATOR,
          (int) Character.PARAGRAPH_SEPARATOR,
          (int) Character.SURROGATE,
          (int) Character.UNASSIGNED);

  private static final List<String> ALL = texts();

  @TempDir Path folder;

  private static List<String> texts() {
    Random random = new Random(SEED);
    List<String> texts = new ArrayList<>(List.of("", " ", "-", "''", "```", "]]>", "=1+1", "-5%"));
    while (texts.size() < TEXTS) {
      StringBuilder text = new StringBuilder();
      // Half of them are printable ASCII, which is quoted by another rule.
      boolean ascii = random.nextBoolean();
      for (int i = random.nextInt(24); i >= 0; i--) {
        switch (ascii ? 4 : random.nextInt(4)) {
          case 0 -> text.append((char) ('a' + random.nextInt(26)));
          case 1 -> text.append((char) random.nextInt(Character.MAX_VALUE + 1));
          case 2 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
          case 4 -> text.append(ASCII.charAt(random.nextInt(ASCII.length())));
          default -> text.append(MEANINGFUL.charAt(random.nextInt(MEANINGFUL.length())));
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static boolean printable(String text) {
    return text.codePoints().noneMatch(each -> UNPRINTABLE.contains(Character.getType(each)));
  }

  @Test
  void aTerminalShowsEveryCharacterOnItsLine() {
    for (String text : ALL) {
      List<String> lines =
          Printer.lines(
              Integer.MAX_VALUE,
              UnaryOperator.identity(),
              out -> {
                out.line("<" + text + ">");
                out.paragraph("<" + text + ">");
                out.table(new Table(1, List.of(Table.word(""))).row("<" + text + ">"), 0);
              });
      assertThat(lines).hasSize(3).allMatch(ForeignTextTest::printable);
      assertThat(lines.getFirst()).isEqualTo("<" + Printable.of(text) + ">");
      assertThat(Printable.of(Printable.of(text))).isEqualTo(Printable.of(text));
    }
  }

  /** Cut between characters and between escapes. */
  @Test
  void whatIsCutIsTheBeginningOfTheWhole() {
    for (String text : ALL) {
      String whole = Printable.of(text);
      for (int longest = 0; longest < whole.length(); longest++) {
        String cut = Printable.of(text, longest);
        assertThat(cut).endsWith("...");
        String rest = cut.substring(0, cut.length() - 3);
        assertThat(whole).startsWith(rest);
        assertThat(rest.length()).isBetween(longest - 9, longest);
        assertThat(printable(rest)).isTrue();
      }
      assertThat(Printable.of(text, whole.length())).isEqualTo(whole);
    }
  }

  @Test
  void xmlIsWellFormed() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    XMLStreamWriter xml =
        XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(bytes, UTF_8.name());
    xml.writeStartDocument(UTF_8.name(), "1.0");
    xml.writeStartElement("all");
    for (String text : ALL) {
      xml.writeStartElement("text");
      xml.writeAttribute("line", Printable.of(text));
      xml.writeCharacters(ForeignText.xml(text));
      xml.writeEndElement();
    }
    xml.writeEndDocument();
    xml.close();

    var read =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(bytes.toByteArray()))
            .getElementsByTagName("text");
    assertThat(read.getLength()).isEqualTo(ALL.size());
    for (int i = 0; i < ALL.size(); i++) {
      Element element = (Element) read.item(i);
      assertThat(element.getAttribute("line")).isEqualTo(Printable.of(ALL.get(i)));
      assertThat(element.getTextContent().replace("\n", "\\n")).isEqualTo(Printable.of(ALL.get(i)));
    }
  }

  @Test
  void jsonComesBackAsItWasFromPrintableBytes() {
    for (String text : ALL) {
      String json = new String(JsonFile.text(Map.of("names", List.of(text))), UTF_8);

      assertThat(json.lines()).allMatch(line -> line.matches("[ -~]*"));
      assertThat(JsonMapper.shared().readTree(json).get("names").get(0).stringValue())
          .isEqualTo(text);
      assertThat(JsonFile.line(Map.of("name", text))).matches("[ -~]*");
    }
  }

  @Test
  void csvHasTheFieldsThatWereWritten() throws Exception {
    List<String> lines = new ArrayList<>();
    for (String text : ALL) {
      lines.add(ForeignText.csvLine(Stream.of("first", text, "-1.5e-3", text)));
    }
    try (var read =
        new CsvMapper()
            .readerForListOf(String.class)
            .with(CsvReadFeature.WRAP_AS_ARRAY)
            .<List<String>>readValues(String.join("\n", lines))) {
      for (String text : ALL) {
        List<String> fields = read.next();
        String shown = Printable.of(text);
        assertThat(fields).hasSize(4).startsWith("first").contains("-1.5e-3");
        assertThat(fields.get(1)).isIn(shown, "'" + shown).isEqualTo(fields.get(3));
      }
      assertThat(read.hasNext()).isFalse();
    }
  }

  /** A spreadsheet takes what begins so for a formula, and runs it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "=1+1                | '=1+1",
        "+1+1                | '+1+1",
        "@SUM(A1)            | '@SUM(A1)",
        "-1+cmd              | '-1+cmd",
        "=HYPERLINK(\"a\")   | \"'=HYPERLINK(\"\"a\"\")\"",
        "-1.5                | -1.5",
        "+2                  | +2",
        "-1.5e+30            | -1.5e+30",
        "-Infinity           | -Infinity",
        "NaN                 | NaN",
        "a,b                 | \"a,b\"",
      })
  void csvHasNoFormula(String text, String field) {
    assertThat(ForeignText.csvLine(Stream.of(text))).isEqualTo(field);
  }

  /** CommonMark, 4.5: a fence of at least as many backticks closes a code block. */
  @Test
  void markdownKeepsCodeInItsBlock() {
    List<String> page = ForeignText.markdownCode(ALL);
    String fence = page.getFirst();
    assertThat(fence).matches("`{3,}");
    assertThat(page.getLast()).isEqualTo(fence);
    assertThat(page.subList(1, page.size() - 1))
        .hasSameSizeAs(ALL)
        .allMatch(ForeignTextTest::printable)
        .noneMatch(line -> line.strip().startsWith(fence));
    assertThat(ForeignText.markdownCode(List.of("a", "`````", "b")))
        .containsExactly("``````", "a", "`````", "b", "``````");
  }

  /** All that a shell can hand to a program: no NUL, and whole characters. */
  private static List<String> words() {
    return ALL.stream()
        .map(text -> text.replace("\0", ""))
        .filter(text -> new String(text.getBytes(UTF_8), UTF_8).equals(text))
        .toList();
  }

  private List<String> bash(String script) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash");
    Path file = Files.writeString(folder.resolve("script"), script);
    ProcessBuilder bash =
        new ProcessBuilder("/bin/bash", "--norc", file.toString())
            .directory(Files.createDirectories(folder.resolve("empty")).toFile())
            .redirectErrorStream(true);
    bash.environment().put("LC_ALL", "C.UTF-8");
    Process process = bash.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    assertThat(folder.resolve("empty")).isEmptyDirectory();
    return Arrays.asList(out.split("\0", -1));
  }

  @Test
  void aShellReadsTheSameWords() throws Exception {
    List<String> words = words();
    assertThat(words).hasSizeGreaterThan(TEXTS / 4);
    StringBuilder script = new StringBuilder();
    words.forEach(
        word -> script.append("printf '%s\\0' ").append(ForeignText.shellWord(word)).append('\n'));

    List<String> read = bash(script.toString());
    assertThat(read.subList(0, read.size() - 1)).isEqualTo(words);
  }

  /** As it is printed: broken between flags, and pasted. */
  @Test
  void aCommandThatIsPrintedCanBePasted() throws Exception {
    List<String> values =
        IntStream.range(0, words().size() - 1)
            .mapToObj(i -> words().get(i) + " --x " + words().get(i + 1))
            .limit(300)
            .toList();
    List<String> lines =
        Printer.lines(
            40,
            UnaryOperator.identity(),
            out ->
                values.forEach(
                    value -> {
                      String word = ForeignText.shellWord(value);
                      out.command("printf '%s\\0' --init " + word + " --data " + word, 4);
                    }));
    List<String> read = bash(String.join("\n", lines) + "\n");
    List<String> expected =
        values.stream().flatMap(each -> Stream.of("--init", each, "--data", each)).toList();
    assertThat(read.subList(0, read.size() - 1)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "npz:net.npz            | npz:net.npz",
        "npz:n;touch PWNED;.npz | 'npz:n;touch PWNED;.npz'",
        "it's --here            | $'it\\U00000027s --here'",
        "$(id)                  | '$(id)'",
        "``                     | ''",
      })
  void aWordIsQuotedIfItHasTo(String text, String word) {
    assertThat(ForeignText.shellWord(text)).isEqualTo(word);
  }
}
