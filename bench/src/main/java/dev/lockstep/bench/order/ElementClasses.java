package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The elements of C by what the same probes have told of each: elements of one class are taken to
 * have the same tree until a probe tells them apart. Rows of equal elements make a class of rows,
 * and so do columns; where they cross, all elements are of one class.
 */
final class ElementClasses {

  private final int[] rowClass;
  private final int[] columnClass;
  private final List<int[]> rows;
  private final List<int[]> columns;
  private final int[][] grid;
  private final int count;

  private ElementClasses(
      int[] rowClass,
      int[] columnClass,
      List<int[]> rows,
      List<int[]> columns,
      int[][] grid,
      int count) {
    this.rowClass = rowClass;
    this.columnClass = columnClass;
    this.rows = rows;
    this.columns = columns;
    this.grid = grid;
    this.count = count;
  }

  /** What probes have told of each element, as a hash of 64 bits. */
  static final class Signatures {
    private final ProductShape shape;
    private final long[] hashes;
    private final BitSet negative = new BitSet();

    Signatures(ProductShape shape) {
      this.shape = shape;
      hashes = new long[Math.toIntExact(shape.sizeOfC())];
    }

    /** Adds a probe of every element. */
    void add(Prober prober, Probe probe) {
      FloatMatrix c = prober.everywhere(probe);
      for (int at = 0; at < hashes.length; at++) {
        hashes[at] = mixed(hashes[at], c.bits(at));
        // What a rounding leaves makes sense only where the order is known.
        if (!(probe instanceof Probe.Inexact)) {
          int told = prober.read(probe, c, at);
          if (probe instanceof Probe.NegativeZeros && told == 1) {
            negative.set(at);
          }
        }
      }
    }

    /** What the sums of an element start from, as negative zeros have told. */
    AdditionTree.Start start(int row, int column) {
      return negative.get(row * shape.n() + column)
          ? AdditionTree.Start.PRODUCT
          : AdditionTree.Start.ZERO;
    }

    /** The classes so far. */
    ElementClasses classes() {
      int n = shape.n();
      long[] ofRow = new long[shape.m()];
      long[] ofColumn = new long[n];
      for (int i = 0; i < ofRow.length; i++) {
        for (int j = 0; j < n; j++) {
          ofRow[i] = mixed(ofRow[i], hashes[i * n + j]);
          ofColumn[j] = mixed(ofColumn[j], hashes[i * n + j]);
        }
      }
      int[] rowClass = classes(ofRow);
      int[] columnClass = classes(ofColumn);
      List<int[]> rows = members(rowClass);
      List<int[]> columns = members(columnClass);
      Map<Long, Integer> numbers = new HashMap<>();
      int[][] grid = new int[rows.size()][columns.size()];
      for (int r = 0; r < grid.length; r++) {
        for (int c = 0; c < grid[r].length; c++) {
          long hash = hashes[rows.get(r)[0] * n + columns.get(c)[0]];
          grid[r][c] = numbers.computeIfAbsent(hash, _ -> numbers.size());
        }
      }
      return new ElementClasses(rowClass, columnClass, rows, columns, grid, numbers.size());
    }

    private static int[] classes(long[] hashes) {
      Map<Long, Integer> numbers = new HashMap<>();
      return Arrays.stream(hashes)
          .mapToInt(hash -> numbers.computeIfAbsent(hash, _ -> numbers.size()))
          .toArray();
    }

    private static List<int[]> members(int[] classOf) {
      List<List<Integer>> members = new ArrayList<>();
      for (int lane = 0; lane < classOf.length; lane++) {
        while (members.size() <= classOf[lane]) {
          members.add(new ArrayList<>());
        }
        members.get(classOf[lane]).add(lane);
      }
      return members.stream()
          .map(each -> each.stream().mapToInt(Integer::intValue).toArray())
          .toList();
    }

    /** The finalizer of SplitMix64 over both numbers. */
    private static long mixed(long hash, long value) {
      long z = hash * 31 + value + 0x9e3779b97f4a7c15L;
      z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
      z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
      return z ^ z >>> 31;
    }
  }

  /** The number of classes of elements. */
  int count() {
    return count;
  }

  /** The classes of lanes of a side: the lanes of each, ascending. */
  List<int[]> lanes(Side side) {
    return side == Side.ROWS ? rows : columns;
  }

  /** The class of a lane. */
  int laneClass(Side side, int lane) {
    return (side == Side.ROWS ? rowClass : columnClass)[lane];
  }

  /** The class of the elements where classes of lanes cross. */
  int at(Side side, int laneClass, int acrossClass) {
    return side == Side.ROWS ? grid[laneClass][acrossClass] : grid[acrossClass][laneClass];
  }

  /** The class of an element. */
  int of(int row, int column) {
    return grid[rowClass[row]][columnClass[column]];
  }

  /** Whether lanes hold elements of a class. */
  boolean holds(Side side, int laneClass, int elementClass) {
    for (int across = 0; across < lanes(side.other()).size(); across++) {
      if (at(side, laneClass, across) == elementClass) {
        return true;
      }
    }
    return false;
  }

  /** A lane across in which a place holds elements of a class. */
  int across(Place place, int elementClass) {
    for (int across = 0; across < lanes(place.side().other()).size(); across++) {
      if (at(place.side(), place.laneClass(), across) == elementClass) {
        return lanes(place.side().other()).get(across)[0];
      }
    }
    throw new IllegalArgumentException("no class " + elementClass + " at " + place);
  }

  /** Where to probe a class: in the largest class of lanes that holds it. */
  record Place(Side side, int laneClass) {}

  Place place(int elementClass) {
    Place best = null;
    int most = 0;
    for (Side side : Side.values()) {
      for (int lane = 0; lane < lanes(side).size(); lane++) {
        if (lanes(side).get(lane).length > most && holds(side, lane, elementClass)) {
          best = new Place(side, lane);
          most = lanes(side).get(lane).length;
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("class " + elementClass + " of " + count);
    }
    return best;
  }
}
