package dev.lockstep.bench.order;

import dev.lockstep.bench.order.ElementClasses.Place;
import dev.lockstep.matrix.FloatMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Probes of one kind for several classes of elements, packed into few products: each lane of a
 * product carries one. Lanes left over repeat probes, and every element of a lane is read, so that
 * elements of one class which differ are noticed.
 */
final class Batch {

  private static final int UNREAD = -1;

  private final Prober prober;
  private final ElementClasses classes;
  private final Map<Place, Map<Probe, List<Wanted>>> pending = new LinkedHashMap<>();
  private final Set<Probe> telling = new LinkedHashSet<>();

  /** Who wants to know what a probe tells of a class. */
  private record Wanted(int elementClass, IntConsumer taker) {}

  Batch(Prober prober, ElementClasses classes) {
    this.prober = prober;
    this.classes = classes;
  }

  /**
   * Adds a probe.
   *
   * @param place lanes that hold elements of the class
   * @param taker gets what it tells
   */
  void add(Place place, Probe probe, int elementClass, IntConsumer taker) {
    pending
        .computeIfAbsent(place, _ -> new LinkedHashMap<>())
        .computeIfAbsent(probe, _ -> new ArrayList<>())
        .add(new Wanted(elementClass, taker));
  }

  /**
   * Computes all probes.
   *
   * @return the probes that tell elements of one class apart; if there are any, nothing is known
   */
  Set<Probe> run() {
    for (Side side : Side.values()) {
      while (pending.keySet().stream().anyMatch(place -> place.side() == side)) {
        product(side);
        if (!telling.isEmpty()) {
          return telling;
        }
      }
    }
    return telling;
  }

  private void product(Side side) {
    int lanes = side.lanes(prober.shape());
    List<@Nullable Probe> probes = new ArrayList<>(Collections.nCopies(lanes, null));
    Map<Place, Map<Probe, List<Wanted>>> taken = new LinkedHashMap<>();
    pending.forEach(
        (place, waiting) -> {
          if (place.side() == side) {
            int[] mine = classes.lanes(side).get(place.laneClass());
            Map<Probe, List<Wanted>> now = first(waiting, mine.length);
            taken.put(place, now);
            List<Probe> each = List.copyOf(now.keySet());
            for (int i = 0; i < mine.length; i++) {
              probes.set(mine[i], each.get(i % each.size()));
            }
          }
        });
    pending.values().removeIf(Map::isEmpty);
    FloatMatrix c = prober.product(side, probes);
    taken.forEach((place, now) -> read(place, now, probes, c));
  }

  /** Takes the first probes that are waiting. */
  private static Map<Probe, List<Wanted>> first(Map<Probe, List<Wanted>> waiting, int most) {
    Map<Probe, List<Wanted>> now = new LinkedHashMap<>();
    var each = waiting.entrySet().iterator();
    while (now.size() < most && each.hasNext()) {
      var next = each.next();
      now.put(next.getKey(), next.getValue());
      each.remove();
    }
    return now;
  }

  private void read(
      Place place, Map<Probe, List<Wanted>> now, List<@Nullable Probe> probes, FloatMatrix c) {
    Map<Probe, int[]> elements = new LinkedHashMap<>();
    for (int lane : classes.lanes(place.side()).get(place.laneClass())) {
      Probe probe = probes.get(lane);
      if (probe != null) {
        int[] ofClass = elements.computeIfAbsent(probe, _ -> unread());
        if (!agrees(place, lane, c, ofClass)) {
          telling.add(probe);
        }
      }
    }
    if (telling.isEmpty()) {
      now.forEach((probe, wanted) -> hand(probe, wanted, elements.get(probe), c));
    }
  }

  private void hand(Probe probe, List<Wanted> wanted, int @Nullable [] ofClass, FloatMatrix c) {
    for (Wanted each : wanted) {
      if (ofClass != null) {
        each.taker().accept(prober.read(probe, c, ofClass[each.elementClass()]));
      }
    }
  }

  private int[] unread() {
    int[] ofClass = new int[classes.count()];
    Arrays.fill(ofClass, UNREAD);
    return ofClass;
  }

  /**
   * Returns whether all elements of a class have the same bits in the lanes of a probe. What it
   * tells of classes that did not ask for it may make no sense.
   *
   * @param ofClass the index of the first element of each class
   */
  private boolean agrees(Place place, int lane, FloatMatrix c, int[] ofClass) {
    boolean rows = place.side() == Side.ROWS;
    Side across = place.side().other();
    int n = prober.shape().n();
    boolean agrees = true;
    for (int other = 0; other < across.lanes(prober.shape()); other++) {
      int elementClass =
          classes.at(place.side(), place.laneClass(), classes.laneClass(across, other));
      int at = rows ? lane * n + other : other * n + lane;
      if (ofClass[elementClass] == UNREAD) {
        ofClass[elementClass] = at;
      }
      agrees &= c.bits(ofClass[elementClass]) == c.bits(at);
    }
    return agrees;
  }
}
