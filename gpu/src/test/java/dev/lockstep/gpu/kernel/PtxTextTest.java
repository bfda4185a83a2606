package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of the PTX leaves no choice of rounding to whoever compiles it. */
final class PtxTextTest {

  private static final String RET = "\tret;\n";

  @Test
  void everyOperationNamesItsRounding() {
    assertThat(PtxText.offences(Kernels.ptx())).isEmpty();
  }

  @Test
  void theTextIsForTheOldestDriverAndDeviceSupported() {
    assertThat(Kernels.ptx()).contains("\n.version 7.8\n").contains("\n.target sm_75\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add.f32 %f1, %f2, %f3;",
        "sub.f32 %f1, %f2, %f3;",
        "mul.f32 %f1, %f2, %f3;",
        "mad.f32 %f1, %f2, %f3, %f4;",
        "mul.f64 %fd1, %fd2, %fd3;",
        "@%p1 add.f32 %f1, %f2, %f3;",
        "@!%p1 mul.f32 %f1, %f2, %f3;",
        "{ add.f32 %f1, %f2, %f3; }",
        "mov.f32 %f1, %f2; add.f32 %f1, %f2, %f3;",
        "add.rz.f32 %f1, %f2, %f3;",
        "add.ftz.f32 %f1, %f2, %f3;",
        "add.rn.ftz.f32 %f1, %f2, %f3;",
        "fma.rn.ftz.f32 %f1, %f2, %f3, %f4;",
        "setp.lt.ftz.f32 %p1, %f2, %f3;",
        "div.full.f32 %f1, %f2, %f3;",
        "div.approx.f32 %f1, %f2, %f3;",
        "ex2.approx.f32 %f1, %f2;",
        "sqrt.approx.ftz.f32 %f1, %f2;",
      })
  void anInstructionThatMayRoundOtherwiseIsFound(String instruction) {
    String ptx = Kernels.ptx();
    int at = ptx.lastIndexOf(RET);
    String altered = ptx.substring(0, at) + "\t" + instruction + "\n" + ptx.substring(at);
    assertThat(PtxText.offences(altered)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add.rn.f32 %f1, %f2, %f3;",
        "fma.rn.f32 %f1, %f2, %f3, %f4;",
        "div.rn.f32 %f1, %f2, %f3;",
        "add.s64 %rd1, %rd2, %rd3;",
        "mul.wide.s32 %rd1, %r2, %r3;",
        "// add.f32 in a comment",
      })
  void othersAreNot(String instruction) {
    assertThat(PtxText.offences("\t" + instruction + "\n")).isEmpty();
  }
}
