package dev.lockstep;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileInputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.zip.ZipFile;

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

  /**
   * Files from outside are opened in one place, which bounds them. AtomicFile writes; NpyFile reads
   * in a private folder and follows no link.
   */
  @ArchTest
  static final ArchRule FOREIGN_FILES_ARE_OPENED_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.lockstep.file..",
              "dev.lockstep.data..",
              "dev.lockstep.model..",
              "dev.lockstep.scenario..")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.file.ForeignFile")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.file.AtomicFile")
          .and()
          .doNotHaveFullyQualifiedName("dev.lockstep.file.NpyFile")
          .should()
          .callMethodWhere(
              target(owner(type(Files.class)))
                  .and(
                      target(nameMatching("newInputStream|newByteChannel|newBufferedReader|lines")))
                  .or(target(owner(type(Files.class))).and(target(nameMatching("read(A|S).*"))))
                  .or(target(owner(type(FileChannel.class))).and(target(name("open")))))
          .orShould()
          .callConstructorWhere(
              target(owner(type(ZipFile.class)))
                  .or(target(owner(type(FileInputStream.class))))
                  .or(target(owner(type(RandomAccessFile.class)))));

  @ArchTest
  static final ArchRule ONLY_CPU_USES_THE_VECTOR_API =
      noClasses()
          .that()
          .resideOutsideOfPackage(CPU)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(VECTOR_API);
}
