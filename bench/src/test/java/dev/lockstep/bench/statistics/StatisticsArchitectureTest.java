package dev.lockstep.bench.statistics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Mathematics on samples, whoever measured them. */
@AnalyzeClasses(
    packages = "dev.lockstep.bench.statistics",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class StatisticsArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_NUMBERS_ONLY =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.lockstep.bench.statistics",
              "org.apache.commons.statistics..",
              "org.apache.commons.numbers..",
              "org.jspecify.annotations",
              "java.lang..",
              "java.util..");
}
