package dev.lockstep.gpu.emulated;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a fresh {@link EmulatedDevice}, as a parameter if it wants one, and fails it if
 * the device has anything to report afterwards: a fault, or something not released. Where there is
 * no emulated device, the tests are skipped with the reason.
 */
public final class FreshDevice
    implements ExecutionCondition, BeforeEachCallback, AfterEachCallback, ParameterResolver {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return EmulatedDevice.whyUnavailable()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("there is an emulated CUDA device"));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    EmulatedDevice.load().reset();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isEmpty()) {
      EmulatedDevice.load().verify();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EmulatedDevice.class;
  }

  @Override
  public EmulatedDevice resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return EmulatedDevice.load();
  }
}
