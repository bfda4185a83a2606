// The constants of elementary.cuh: the fields of dev.lockstep.cpu.ElementaryConstants, which says what they are.
// Generated; ElementaryConstantsHeaderTest compares, and says how to write it anew.
#pragma once

constexpr float E2 = 0x1.fffffap-2f;
constexpr float E3 = 0x1.55549p-3f;
constexpr float E4 = 0x1.555a22p-5f;
constexpr float E5 = 0x1.123b04p-7f;
constexpr float E6 = 0x1.695414p-10f;
constexpr float EXP_HIGHEST = 0x1.64p6f;
constexpr float EXP_LOWEST = -0x1.ap6f;
constexpr float GELU_CUBIC = 0x1.2444f2p-5f;
constexpr float GELU_LINEAR = 0x1.988454p-1f;
constexpr float GELU_SLOPE = 0x1.b6676cp-4f;
constexpr float GELU_SQUARE = 0x1.9p8f;
constexpr float L10 = -0x1.080f4ep-3f;
constexpr float L3 = 0x1.555506p-2f;
constexpr float L4 = -0x1.fffefp-3f;
constexpr float L5 = 0x1.99d064p-3f;
constexpr float L6 = -0x1.559de8p-3f;
constexpr float L7 = 0x1.1ed37ep-3f;
constexpr float L8 = -0x1.f30d5ep-4f;
constexpr float L9 = 0x1.1e77d6p-3f;
constexpr float LN2_HIGH = 0x1.62e43p-1f;
constexpr float LN2_LOW = -0x1.05c61p-29f;
constexpr float LOG2_E = 0x1.715476p0f;
constexpr float LOG_SIGNIFICAND = 0x1.555556p-1f;
constexpr float MINUS_HALF = -0x1.0p-1f;
constexpr float NORMALIZING = 0x1.0p23f;
constexpr float NORMALIZING_EXPONENT = 0x1.7p4f;
constexpr float ROUNDING = 0x1.8p23f;
constexpr float SMALLEST_NORMAL = 0x1.0p-126f;
constexpr float T11 = -0x1.94bf44p-8f;
constexpr float T3 = -0x1.555548p-2f;
constexpr float T5 = 0x1.110c64p-3f;
constexpr float T7 = -0x1.b9075ap-5f;
constexpr float T9 = 0x1.58226p-6f;
constexpr float TANH_SATURATED = 0x1.4p3f;
constexpr float TANH_SMALL = 0x1.2p-1f;
