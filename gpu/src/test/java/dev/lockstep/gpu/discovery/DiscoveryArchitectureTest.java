package dev.lockstep.gpu.discovery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A class of JCuda that is touched too early loads native code from wherever it lies. */
@AnalyzeClasses(
    packages = "dev.lockstep.gpu.discovery",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class DiscoveryArchitectureTest {

  @ArchTest
  static final ArchRule DISCOVERY_TOUCHES_NO_CLASS_OF_JCUDA =
      noClasses().should().dependOnClassesThat().resideInAPackage("jcuda..");
}
