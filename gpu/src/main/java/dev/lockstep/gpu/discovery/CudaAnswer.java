package dev.lockstep.gpu.discovery;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Steps, each with the status that it answers; no status means any. */
record CudaAnswer(List<Of> all) {

  private record Of(CudaStep step, List<Integer> codes) {}

  static CudaAnswer answer(CudaStep step, int... codes) {
    return new CudaAnswer(List.of(of(step, codes)));
  }

  CudaAnswer and(CudaStep step, int... codes) {
    return new CudaAnswer(Stream.concat(all.stream(), Stream.of(of(step, codes))).toList());
  }

  private static Of of(CudaStep step, int... codes) {
    return new Of(step, IntStream.of(codes).boxed().toList());
  }

  boolean fits(CudaStep step, int code) {
    return all.stream()
        .anyMatch(of -> of.step() == step && (of.codes().isEmpty() || of.codes().contains(code)));
  }

  @Override
  public String toString() {
    return all.stream()
        .map(
            of ->
                of.step().label
                    + of.codes().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", of.codes().isEmpty() ? "" : " ", "")))
        .collect(Collectors.joining("; "));
  }
}
