package dev.pusula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds the product to its house rules, and the rules to their promise that they can fail. */
class ArchitectureTest {

  private static final String OFFENDERS = "dev.pusula.architecture.offence";

  @TestFactory
  Stream<DynamicTest> product_keepsTheRule() {
    JavaClasses product =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.pusula");
    assertThat(product).isNotEmpty();
    return new HouseRules("dev.pusula")
        .byName().entrySet().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(
                        rule.getKey(),
                        () -> rule.getValue().allowEmptyShould(true).check(product)));
  }

  @TestFactory
  Stream<DynamicTest> offenders_breakTheRule() {
    JavaClasses offenders = new ClassFileImporter().importPackages(OFFENDERS);
    return new HouseRules(OFFENDERS)
        .byName().entrySet().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(
                        rule.getKey(),
                        () ->
                            assertThat(rule.getValue().evaluate(offenders).hasViolation())
                                .as("an offender breaks it")
                                .isTrue()));
  }
}
