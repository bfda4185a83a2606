package dev.lockstep.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Prints the ten test classes that took the longest, from the reports of all modules. */
final class SlowestTests {

  private static final int MOST = 10;

  /**
   * A report.
   *
   * @param name the test class, and the folder of a run that has one of its own
   * @param seconds of all its tests, one after the other
   */
  private record Report(String name, double seconds) {}

  private SlowestTests() {}

  /**
   * Reads every {@code TEST-*.xml} below the modules' {@code target/*-reports}.
   *
   * @param modules their folders
   */
  public static void main(String[] modules) throws IOException, XMLStreamException {
    List<Report> reports = new ArrayList<>();
    for (String module : modules) {
      Path target = Path.of(module, "target");
      for (String kind : List.of("surefire-reports", "failsafe-reports")) {
        Path folder = target.resolve(kind);
        if (Files.isDirectory(folder)) {
          for (Path file : files(folder)) {
            reports.add(read(folder, file));
          }
        }
      }
    }
    reports.sort(Comparator.comparingDouble(Report::seconds).reversed());
    double all = reports.stream().mapToDouble(Report::seconds).sum();
    System.out.printf(
        Locale.ROOT,
        "%nThe %d slowest of %d test classes, in seconds of %.0f (two run at a time):%n",
        Math.min(MOST, reports.size()),
        reports.size(),
        all);
    for (Report report : reports.subList(0, Math.min(MOST, reports.size()))) {
      System.out.printf(Locale.ROOT, "%8.1f  %s%n", report.seconds(), report.name());
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml")).toList();
    }
  }

  private static Report read(Path folder, Path file) throws IOException, XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    try (InputStream in = Files.newInputStream(file)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      xml.nextTag();
      Path within = folder.relativize(file);
      String run = within.getNameCount() > 1 ? " (" + within.getName(0) + ")" : "";
      // Surefire writes 1,234.5 from a thousand seconds on.
      double seconds = Double.parseDouble(xml.getAttributeValue(null, "time").replace(",", ""));
      return new Report(xml.getAttributeValue(null, "name") + run, seconds);
    }
  }
}
