package dev.lockstep.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the command line: arrows between them run one way. */
@AnalyzeClasses(
    packages = "dev.lockstep.bench",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class BenchArchitectureTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.lockstep.bench.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOBODY_NEEDS_THE_MAIN_CLASS =
      noClasses()
          .that()
          .resideInAPackage("dev.lockstep.bench.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.lockstep.bench");
}
