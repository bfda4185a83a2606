package dev.lockstep.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** The rooms of the command line: arrows between them run one way. */
@AnalyzeClasses(
    packages = "dev.lockstep.bench",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class BenchArchitectureTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.lockstep.bench.(**)").should().beFreeOfCycles();

  /** Weights from outside are opened as cpu opens all files from outside. */
  @ArchTest
  static final ArchRule INSPECT_OPENS_NO_FILES =
      noClasses()
          .that()
          .resideInAPackage("dev.lockstep.bench.inspect..")
          .should()
          .callMethod(Files.class, "newInputStream", Path.class, OpenOption[].class)
          .orShould()
          .callMethod(Files.class, "readAllBytes", Path.class)
          .orShould()
          .callMethod(Files.class, "readString", Path.class)
          .orShould()
          .callConstructor(ZipFile.class, File.class)
          .orShould()
          .callMethod(FileChannel.class, "open", Path.class, OpenOption[].class);

  @ArchTest
  static final ArchRule NOBODY_NEEDS_THE_MAIN_CLASS =
      noClasses()
          .that()
          .resideInAPackage("dev.lockstep.bench.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.lockstep.bench");
}
