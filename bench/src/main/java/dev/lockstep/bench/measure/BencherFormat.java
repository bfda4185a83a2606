package dev.lockstep.bench.measure;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.report.ReportFormat;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The times of a run in Bencher's metric format (BMF): for each case the measure {@code latency} in
 * nanoseconds, with the ends of its 95% interval. Cases without a number are left out.
 */
public final class BencherFormat implements ReportFormat<Contents> {

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
  public void write(Contents contents, int exitCode, OutputStream out) throws IOException {
    List<Contents.Named<RunResult>> runs = contents.all(RunResult.class);
    if (runs.size() != 1) {
      throw new InputException(flag(), "number of runs of `bench`", runs.size(), "expected one");
    }
    RunResult run = runs.getFirst().result();
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
