package dev.lockstep.gpu.emulated;

import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs cases of the contract over {@code cuda} in a JVM of its own, which has the emulated device
 * that it finds: arguments are names of {@link ContractCase}. A line is printed for each test:
 * {@code passed NAME}, {@code skipped NAME: REASON} or {@code failed NAME: MESSAGE}.
 */
final class ContractRun {

  private ContractRun() {}

  public static void main(String[] cases) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Stream.of(cases)
                    .map(name -> ContractCase.valueOf(name).of(CudaContractTest.class))
                    .toList())
            .build();
    LauncherFactory.create().execute(request, new Printer());
  }

  private static final class Printer implements TestExecutionListener {

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      System.out.println("skipped " + name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      String message =
          result.getThrowable().map(e -> ": " + e.toString().replace('\n', ' ')).orElse("");
      switch (result.getStatus()) {
        case SUCCESSFUL -> {
          if (test.isTest()) {
            System.out.println("passed " + name(test));
          }
        }
        case ABORTED -> System.out.println("skipped " + name(test) + message);
        case FAILED -> System.out.println("failed " + name(test) + message);
      }
    }

    private static String name(TestIdentifier test) {
      return test.getLegacyReportingName() + " " + test.getDisplayName();
    }
  }
}
