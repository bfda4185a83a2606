package dev.lockstep;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What is trained and what agrees knows nothing of how the CPU computes it. */
@AnalyzeClasses(packages = "dev.lockstep", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String CPU = "dev.lockstep.cpu..";
  private static final String VECTOR_API = "jdk.incubator.vector..";

  @ArchTest
  static final ArchRule CONTRACT_KNOWS_NO_IMPLEMENTATION =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.lockstep.input..",
              "dev.lockstep.matrix..",
              "dev.lockstep.file..",
              "dev.lockstep.model..",
              "dev.lockstep.program..",
              "dev.lockstep.data..",
              "dev.lockstep.backend..",
              "dev.lockstep.symmetry..",
              "dev.lockstep.scenario..",
              "dev.lockstep.agreement..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CPU, VECTOR_API);

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.lockstep.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_CPU_USES_THE_VECTOR_API =
      noClasses()
          .that()
          .resideOutsideOfPackage(CPU)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(VECTOR_API);
}
