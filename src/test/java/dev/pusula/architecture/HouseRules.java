package dev.pusula.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of the house, by name, for any root package: the product's own, and the offenders' that
 * show that each rule can fail.
 */
final class HouseRules {

  /** Features from the top down; each may use those after it that {@link #ALLOWED} lists. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "report", Set.of("benchmark", "sota", "statistics", "platform"),
          "sota", Set.of("benchmark", "statistics", "platform"),
          "benchmark", Set.of("routing", "inference", "statistics", "platform"),
          "completion", Set.of("routing", "inference", "balancing", "platform"),
          "inference", Set.of("balancing", "statistics", "text", "platform"),
          "routing", Set.of("balancing", "statistics", "text", "platform"),
          "balancing", Set.of(),
          "statistics", Set.of(),
          "text", Set.of(),
          "platform", Set.of());

  private final String root;
  private final Map<String, ArchRule> rules = new LinkedHashMap<>();

  HouseRules(String root) {
    this.root = root;
    features();
    layers();
    technology();
    names();
    habits();
  }

  Map<String, ArchRule> byName() {
    return rules;
  }

  private void features() {
    rules.put(
        "features form no cycle", slices().matching(root + ".(*)..").should().beFreeOfCycles());
    ALLOWED.forEach(
        (feature, allowed) ->
            rules.put(
                feature + " uses only what stands below it",
                noClasses()
                    .that()
                    .resideInAPackage(in(feature))
                    .should()
                    .dependOnClassesThat(
                        resideInAPackage(root + ".*..")
                            .and(not(resideInAPackage(in(feature))))
                            .and(
                                not(
                                    resideInAnyPackage(
                                        allowed.stream().map(this::in).toArray(String[]::new)))))));
  }

  private void layers() {
    rules.put(
        "entities know no control and no boundary",
        noClasses()
            .that()
            .resideInAPackage(root + "..entity..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(root + "..control..", root + "..boundary.."));
    rules.put(
        "nobody depends on a boundary",
        noClasses()
            .that()
            .resideOutsideOfPackage(root + "..boundary..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(root + "..boundary.."));
    rules.put(
        "cpu, cuda and remote do not know each other",
        slices().matching(root + ".inference.(cpu|cuda|remote)..").should().notDependOnEachOther());
  }

  private void technology() {
    rules.put(
        "statistics, text and balancing are plain Java",
        classes()
            .that()
            .resideInAnyPackage(in("statistics"), in("text"), in("balancing"))
            .should(
                dependOnlyOn(
                    "java..", "org.jspecify..", in("statistics"), in("text"), in("balancing"))));
    rules.put(
        "the engine is plain Java with a JSON reader",
        classes()
            .that()
            .resideInAnyPackage(
                root + ".inference.engine..",
                root + ".inference.checkpoint..",
                root + ".inference.template..")
            .should(
                dependOnlyOn(
                    "java..",
                    "org.jspecify..",
                    "com.fasterxml.jackson..",
                    in("text"),
                    root + ".inference.engine..",
                    root + ".inference.checkpoint..",
                    root + ".inference.template..",
                    root + ".inference.control..",
                    root + ".inference.entity..")));
    rules.put(
        "jcuda stays in inference.cuda",
        noClasses()
            .that()
            .resideOutsideOfPackage(root + ".inference.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jcuda.."));
    rules.put(
        "outbound HTTP stays in inference.remote, the launcher and the load suites",
        noClasses()
            .that()
            .resideOutsideOfPackages(root + ".inference.remote..", in("launch"), in("load"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http.."));
    rules.put(
        "REST stays in boundaries, platform and Api",
        noClasses()
            .that(
                resideOutsideOfPackage(root + "..boundary..")
                    .and(resideOutsideOfPackage(in("platform")))
                    .and(not(HasName.Predicates.name(root + ".Api"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.ws.rs.."));
    rules.put(
        "persistence stays in stores",
        noClasses()
            .that(not(simpleNameEndsWith("Store")).and(resideOutsideOfPackage(in("launch"))))
            .should()
            .dependOnClassesThat(
                HasName.Predicates.nameMatching(
                    "jakarta\\.persistence\\.EntityManager|jakarta\\.transaction\\.Transactional|javax?\\.sql\\..*")));
    rules.put(
        "no javax enterprise package",
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "javax.annotation..",
                "javax.inject..",
                "javax.enterprise..",
                "javax.ws..",
                "javax.persistence..",
                "javax.servlet..",
                "javax.ejb..",
                "javax.transaction.."));
  }

  private void names() {
    rules.put(
        "resources are named so",
        classes()
            .that()
            .areAnnotatedWith("jakarta.ws.rs.Path")
            .should()
            .haveSimpleNameEndingWith("Resource")
            .allowEmptyShould(true));
    rules.put(
        "no resource takes or returns an entity of the database",
        methods()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith("jakarta.ws.rs.Path")
            .should(neitherTakeNorReturnAnEntity())
            .allowEmptyShould(true));
    rules.put(
        "database entities have no setters",
        noMethods()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith("jakarta.persistence.Entity")
            .should()
            .haveNameMatching("set[A-Z].*")
            .allowEmptyShould(true));
    rules.put(
        "requests and responses are records",
        classes()
            .that(
                resideInAPackage(root + "..boundary..")
                    .and(simpleNameEndsWith("Request").or(simpleNameEndsWith("Response"))))
            .should()
            .beRecords()
            .allowEmptyShould(true));
    rules.put(
        "no class is named after nothing",
        noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?)"));
  }

  private void habits() {
    rules.put(
        "only platform reads a clock",
        noClasses()
            .that()
            .resideOutsideOfPackages(in("platform"), in("load"))
            .should()
            .accessTargetWhere(
                calls("java.lang.System", "nanoTime|currentTimeMillis")
                    .or(
                        calls(
                                "java.time.(Instant|LocalDate|LocalDateTime|OffsetDateTime|ZonedDateTime)",
                                "now")
                            .and(withoutArguments()))
                    .or(calls("java.time.Clock", "system.*"))));
    rules.put(
        "only the launcher and the load suites print",
        noClasses()
            .that()
            .resideOutsideOfPackages(in("launch"), in("load"))
            .should()
            .accessTargetWhere(calls("java.lang.System", "out|err")));
    rules.put(
        "logging goes through System.Logger",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("launch"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..", "org.slf4j.."));
    rules.put(
        "nobody throws the unspecific",
        noClasses()
            .should()
            .accessTargetWhere(
                calls("java.lang.(Exception|RuntimeException|Throwable|Error)", "<init>")
                    .and(not(superConstructorCall()))));
    rules.put(
        "case is changed with a locale",
        noClasses()
            .should()
            .accessTargetWhere(
                calls("java.lang.String", "toLowerCase|toUpperCase").and(withoutArguments())));
    rules.put(
        "no mutable static state",
        noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage(root + "..")
            .and()
            .areStatic()
            .and()
            .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC)
            .should()
            .notBeFinal());
  }

  private String in(String feature) {
    return root + "." + feature + "..";
  }

  private static ArchCondition<JavaClass> dependOnlyOn(String... packages) {
    return com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat(
        resideInAnyPackage(packages).or(primitive()));
  }

  private static DescribedPredicate<JavaClass> primitive() {
    return DescribedPredicate.describe(
        "primitive or array",
        type ->
            type.isPrimitive() || (type.isArray() && type.getBaseComponentType().isPrimitive()));
  }

  private static DescribedPredicate<JavaClass> simpleNameEndsWith(String suffix) {
    return DescribedPredicate.describe(
        "simple name ends with " + suffix, type -> type.getSimpleName().endsWith(suffix));
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String owner, String name) {
    return DescribedPredicate.describe(
        "access " + owner + "." + name,
        access ->
            access.getTargetOwner().getName().matches(owner) && access.getName().matches(name));
  }

  private static DescribedPredicate<JavaAccess<?>> withoutArguments() {
    return DescribedPredicate.describe(
        "without arguments",
        access ->
            access.getTarget() instanceof AccessTarget.CodeUnitCallTarget target
                && target.getRawParameterTypes().isEmpty());
  }

  /**
   * A class of ours that extends RuntimeException calls its constructor; that is not throwing it.
   */
  private static DescribedPredicate<JavaAccess<?>> superConstructorCall() {
    return DescribedPredicate.describe(
        "call of the superclass's constructor",
        access ->
            access.getOrigin().isConstructor()
                && access
                    .getOriginOwner()
                    .getRawSuperclass()
                    .map(parent -> parent.equals(access.getTargetOwner()))
                    .orElse(false));
  }

  private static ArchCondition<JavaMethod> neitherTakeNorReturnAnEntity() {
    return new ArchCondition<>("neither take nor return a database entity") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
            .filter(type -> type.isAnnotatedWith("jakarta.persistence.Entity"))
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getFullName() + " exposes " + type.getName())));
      }
    };
  }
}
