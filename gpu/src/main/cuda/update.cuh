// What is not plain descent: momentum, Nesterov's, Adam, weight decay and rates that change from step to step.
#pragma once

#include "state.cuh"

// The codes that the host passes.
enum RuleCode {
  RULE_SGD = 0,       // direction = g
  RULE_MOMENTUM = 1,  // v = fma(a, v, g); direction = v
  RULE_NESTEROV = 2,  // v = fma(a, v, g); direction = fma(a, v, g)
  RULE_ADAM = 3       // m = fma(a, m, (1 - a) g); v = fma(b, v, (1 - b) (g g));
                      // direction = m / (sqrt(v correction) + epsilon)
};

// What depends on the step. The host fills a ring of them, in the stream, before the steps that read it.
struct StepFactors {
  float rate;        // rates are multiplied by it
  float correction;  // of Adam's second moment
};

// For each parameter, unless training has stopped: g = fma(decay, w, g) if there is a decay; then the rule; then
// w = fma(-rate, direction, w). first is v of momentum or m of Adam, second is v of Adam; what a rule does not keep may be
// null. Without factors the rate and the correction are those passed; with them the rate is multiplied by the step's and
// the correction is the step's.
//
// A grid-stride loop over a one-dimensional grid of 256 threads: any number of blocks computes the same.
extern "C" __global__ void __launch_bounds__(THREADS)
    update(float* weights, const float* gradient, float* first, float* second, long long count, int rule, float rate,
           float decay, float a, float b, float epsilon, float correction, const StepFactors* factors, int slots,
           const StepState* state) {
  if (has_stopped(state)) return;
  if (factors != nullptr) {
    StepFactors now = factors[step_of(state) % slots];
    rate = __fmul_rn(rate, now.rate);
    correction = now.correction;
  }
  float rest_a = __fsub_rn(1.0f, a), rest_b = __fsub_rn(1.0f, b);
  for (long long i = thread_in_grid(); i < count; i += threads_in_grid()) {
    float w = weights[i], g = gradient[i];
    if (decay != 0.0f) g = __fmaf_rn(decay, w, g);
    float direction = g;
    if (rule == RULE_ADAM) {
      float m = __fmaf_rn(a, first[i], __fmul_rn(rest_a, g));
      float v = __fmaf_rn(b, second[i], __fmul_rn(rest_b, __fmul_rn(g, g)));
      first[i] = m;
      second[i] = v;
      direction = __fdiv_rn(m, __fadd_rn(__fsqrt_rn(__fmul_rn(v, correction)), epsilon));
    } else if (rule != RULE_SGD) {
      float v = __fmaf_rn(a, first[i], g);
      first[i] = v;
      direction = rule == RULE_MOMENTUM ? v : __fmaf_rn(a, v, g);
    }
    weights[i] = __fmaf_rn(-rate, direction, w);
  }
}
