package dev.lockstep.bench.measure;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.report.ReportFormat;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The times of a run in Bencher's metric format (BMF): for each case the measure {@code latency} in
 * nanoseconds, with the ends of its 95% interval. Cases without a number are left out.
 */
final class BencherFormat implements ReportFormat<RunResult> {

  /** Bencher's name of the measure whose unit is the nanosecond. */
  private static final String LATENCY = "latency";

  @Override
  public String flag() {
    return "--bmf";
  }

  @Override
  public String description() {
    return "Write the times in Bencher's metric format, for `bencher run --adapter json`.";
  }

  @Override
  public void write(RunResult run, int exitCode, OutputStream out) throws IOException {
    RunEstimates estimates = RunEstimates.of(run, ForkLevel.MEDIAN);
    ObjectNode json = JsonMapper.shared().createObjectNode();
    for (CaseResult result : run.cases()) {
      if (!result.forks().isEmpty()) {
        metric(json.putObject(result.of().toString()).putObject(LATENCY), estimates.time(result));
      }
    }
    out.write(JsonFile.text(json));
  }

  private static void metric(ObjectNode json, Estimate time) {
    json.put("value", time.value());
    time.interval(Inference.CONFIDENCE)
        .ifPresent(
            interval -> {
              json.put("lower_value", interval.lower());
              if (Double.isFinite(interval.upper())) {
                json.put("upper_value", interval.upper());
              }
            });
  }
}
