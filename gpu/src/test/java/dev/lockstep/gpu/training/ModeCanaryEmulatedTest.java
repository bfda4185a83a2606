package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A library that rounds where it must not, or does not where it should, is found out. */
@ExtendWith(FreshDevice.class)
final class ModeCanaryEmulatedTest {

  /** Shapes that no other test multiplies: what was proved once is not tried again. */
  private static List<ProductShape> shapes(int prime) {
    return Stream.of(ProductForm.values())
        .map(form -> new ProductShape(form, prime, 5, prime + 2))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CANONICAL")
  void everyModeIsAsAskedFor(Products by) {
    prove(by, shapes(11));
  }

  @ParameterizedTest
  @EnumSource(names = {"CUBLAS", "CUBLAS_PEDANTIC"})
  void operandsRoundedUnasked(Products by, EmulatedDevice device) {
    device.present(Property.EMULATED_CUBLAS_TF32, "always");
    for (ProductShape shape : shapes(13)) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> prove(by, List.of(shape)))
          .withMessageContaining("returns 2.3009949 ")
          .withMessageContaining("for 1.1970097 times 1.9220797 (product " + shape + ")")
          .withMessageEndingWith(": use another cuBLAS")
          .satisfies(e -> assertThat(cause(e)).isEqualTo(Cause.MATH_MODE));
    }
  }

  /** As cuBLAS emulates binary32 with nine products of bfloat16: wrong by one unit, sometimes. */
  @ParameterizedTest
  @EnumSource(names = {"CUBLAS", "CUBLAS_PEDANTIC"})
  void productsPutTogetherFromParts(Products by, EmulatedDevice device) {
    device.present(Property.EMULATED_CUBLAS_BF16X9, "1");
    for (ProductShape shape : shapes(19)) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> prove(by, List.of(shape)))
          .withMessageContaining("returns 2.3007479 for 1.1970097 times 1.9220797")
          .withMessageContaining("(product " + shape + ")")
          .satisfies(e -> assertThat(cause(e)).isEqualTo(Cause.MATH_MODE));
    }
  }

  /** No variable is blamed that is not set. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CANONICAL")
  void aDeviceThatComputesWrongly(Products by, EmulatedDevice device) {
    ModeCanary.forget();
    device.present(Property.EMULATED_CUDA_WRONG_BIT, "64");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> prove(by, shapes(23)))
        .withMessageContaining("the device or cuBLAS computes wrongly")
        .withMessageNotContaining("unset")
        .satisfies(e -> assertThat(cause(e)).isEqualTo(Cause.DRIVER_FAILED));
    ModeCanary.forget();
  }

  /** Also in shapes that fit any kernel. */
  @Test
  void operandsNeverRounded(EmulatedDevice device) {
    ModeCanary.forget();
    device.present(Property.EMULATED_CUBLAS_TF32, "never");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> prove(Products.CUBLAS_TF32, shapes(13)))
        .withMessageContaining(
            "was asked for TF32 and does not use it, not even in the product AB 256 x 256 x 256")
        .satisfies(e -> assertThat(cause(e)).isEqualTo(Cause.MATH_MODE));
  }

  private static Cause cause(UnavailableException e) {
    return ((Availability.Unavailable) e.availability()).reason().kind();
  }

  private static void prove(Products by, List<ProductShape> shapes) {
    try (DeviceSession session = DeviceSession.open(by, 0)) {
      session.products(shapes, 0).close();
    }
  }
}
