package dev.lockstep.bench.ci;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.input.Suggestion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The findings that are known, from a file: they do not fail a command again, others do.
 *
 * @param file where it lies
 * @param command the command whose findings it lists
 * @param entries the known findings
 */
public record Baseline(Path file, String command, SortedSet<Entry> entries) {

  /** Stands for every scenario or benchmark, of findings only. */
  public static final String EVERYWHERE = "*";

  private static final int LONGEST_NAME = 1000;

  /**
   * A known finding.
   *
   * @param where the scenario, experiment or benchmark, or {@link #EVERYWHERE}
   * @param code what is known, as a word
   */
  public record Entry(String backend, String where, String code) implements Comparable<Entry> {
    private static final Comparator<Entry> ORDER =
        Comparator.comparing(Entry::backend).thenComparing(Entry::where).thenComparing(Entry::code);

    static Entry of(Issue issue) {
      return new Entry(issue.backend(), issue.where(), issue.code());
    }

    /** Returns the entries each of which lists an issue. */
    static Stream<Entry> listing(Issue issue) {
      Stream<Entry> exact = Stream.of(of(issue));
      return issue.severity() == Severity.FINDING
          ? Stream.concat(exact, Stream.of(new Entry(issue.backend(), EVERYWHERE, issue.code())))
          : exact;
    }

    @Override
    public int compareTo(Entry other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return backend + ", " + where + " [" + code + "]";
    }
  }

  /** The file's content. */
  record Content(int schema, String kind, String command, List<Entry> known) {}

  /**
   * What a baseline says about the issues of one run.
   *
   * @param known the issues that it lists
   * @param fresh those that it does not list
   * @param gone its entries that could have occurred and did not
   * @param added the entries that an update has added
   * @param removed the entries that an update has removed
   */
  public record Judged(
      Path file,
      List<Issue> known,
      List<Issue> fresh,
      List<Entry> gone,
      List<Entry> added,
      List<Entry> removed) {

    private record Json(
        String file,
        int known,
        @JsonProperty("new") List<Entry> fresh,
        List<Entry> noLongerOccurs,
        List<Entry> added,
        List<Entry> removed) {}

    /** Returns this as JSON. */
    public JsonNode json() {
      return JsonFile.tree(
          new Json(
              String.valueOf(file.getFileName()),
              known.size(),
              fresh.stream().map(Entry::of).toList(),
              gone,
              added,
              removed));
    }
  }

  /** Copies the entries. */
  public Baseline {
    entries = new TreeSet<>(entries);
  }

  /** A baseline that lists nothing. */
  static Baseline empty(Path file, String command) {
    return new Baseline(file, command, new TreeSet<>());
  }

  /**
   * Reads a file.
   *
   * @param codes the words that the command uses
   * @throws InputException naming the file, the field and the value
   */
  static Baseline read(Path file, String command, Collection<String> codes) {
    JsonNode tree = JsonFile.tree(file);
    require(file, "kind", tree.path("kind"), Document.BASELINE.kind());
    require(file, "schema", tree.path("schema"), Document.BASELINE.version());
    require(file, "command", tree.path("command"), command);
    Content content = JsonFile.read(file, tree, Content.class);
    Limits.BASELINE.require(file.toString(), "number of entries", content.known().size());
    SortedSet<Entry> entries = new TreeSet<>();
    for (Entry entry : content.known()) {
      requireName(file, "backend", entry.backend());
      requireName(file, "where", entry.where());
      if (!codes.contains(entry.code())) {
        throw new InputException(
            file.toString(),
            "code",
            entry.code(),
            "which is unknown" + Suggestion.of(entry.code(), codes.stream().sorted().toList()));
      }
      if (!entries.add(entry)) {
        throw new InputException(file.toString(), "known", entry, "which is listed twice");
      }
    }
    return new Baseline(file, command, entries);
  }

  private static void require(Path file, String field, JsonNode found, Object expected) {
    if (found.isMissingNode()) {
      throw new InputException(file.toString(), field, "missing", "expected " + expected);
    }
    boolean equal =
        expected instanceof Integer version
            ? found.isInt() && found.intValue() == version
            : found.isString() && found.stringValue().equals(expected);
    if (!equal) {
      throw new InputException(file.toString(), field, found, "expected " + expected);
    }
  }

  private static void requireName(Path file, String field, String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new InputException(
          file.toString(), field, name, "expected 1 to " + LONGEST_NAME + " characters");
    }
  }

  /** Reads a file, or returns an empty baseline if there is none. */
  static Baseline readOrEmpty(Path file, String command, Collection<String> codes) {
    return Files.exists(file) ? read(file, command, codes) : empty(file, command);
  }

  /**
   * Judges the issues of a run.
   *
   * @param tested whether the run could have had the finding of an entry
   */
  public Judged judge(List<Issue> issues, Predicate<Entry> tested) {
    List<Issue> known = new ArrayList<>();
    List<Issue> fresh = new ArrayList<>();
    for (Issue issue : issues) {
      (Entry.listing(issue).anyMatch(entries::contains) ? known : fresh).add(issue);
    }
    return new Judged(file, known, fresh, gone(issues, tested), List.of(), List.of());
  }

  private List<Entry> gone(List<Issue> issues, Predicate<Entry> tested) {
    Set<Entry> occurring =
        issues.stream().flatMap(Entry::listing).collect(Collectors.toCollection(HashSet::new));
    return entries.stream().filter(tested).filter(entry -> !occurring.contains(entry)).toList();
  }

  /**
   * A baseline to be written, and what it says about the run that it comes from.
   *
   * @param judged what it says
   */
  record Update(Baseline baseline, Judged judged) {}

  /**
   * Adds the issues of a run, and leaves out entries that did not occur although they could have.
   * Faults of exact backends are not added.
   */
  Update updated(List<Issue> issues, Predicate<Entry> tested) {
    List<Entry> removed = gone(issues, tested);
    SortedSet<Entry> now = new TreeSet<>(entries);
    removed.forEach(now::remove);
    List<Entry> added =
        judge(issues, tested).fresh().stream()
            .filter(issue -> issue.severity() != Severity.EXACT_FAULT)
            .map(Entry::of)
            .distinct()
            .sorted()
            .toList();
    now.addAll(added);
    Baseline baseline = new Baseline(file, command, now);
    Judged judged = baseline.judge(issues, tested);
    return new Update(
        baseline, new Judged(file, judged.known(), judged.fresh(), List.of(), added, removed));
  }

  /** Writes the file; it is replaced atomically. */
  void write() {
    JsonFile.write(
        file,
        new Content(
            Document.BASELINE.version(), Document.BASELINE.kind(), command, List.copyOf(entries)));
  }
}
