package dev.lockstep.gpu;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "dev.lockstep.gpu", importOptions = DoNotIncludeTests.class)
final class GpuArchitectureTest {

  @ArchTest
  static final ArchRule ONLY_THE_DRIVER_PACKAGE_KNOWS_JCUDA =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.lockstep.gpu.driver..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jcuda..");

  @ArchTest
  static final ArchRule NOTHING_DEPENDS_ON_THE_COMMAND_LINE =
      noClasses().should().dependOnClassesThat().resideInAPackage("dev.lockstep.bench..");

  @ArchTest
  static final ArchRule CLOSEABLE_OWNERS_ARE_FINAL =
      classes()
          .that()
          .areAssignableTo(AutoCloseable.class)
          .and()
          .areNotInterfaces()
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule NO_JCUDA_TYPE_IN_A_PUBLIC_SIGNATURE =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should(mentionNoTypeOfJcuda());

  private static ArchCondition<JavaMethod> mentionNoTypeOfJcuda() {
    return new ArchCondition<>("mention no type of JCuda") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        boolean leaks =
            Stream.concat(
                    Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                .map(JavaClass::getPackageName)
                .anyMatch(name -> name.startsWith("jcuda"));
        events.add(new SimpleConditionEvent(method, !leaks, method.getFullName()));
      }
    };
  }
}
