/**
 * Makes the router's model from the corpus, and measures routers on labelled texts. For the command
 * line; not in the WAR.
 *
 * <p>Decisions. liblinear's primal L2-regularised logistic regression trains one label against all
 * others: it is deterministic, and a bias keeps unknown text from scoring one half everywhere.
 * Calibration and thresholds are fitted to scores of folds that a model has not seen; the test
 * split is used for nothing but the card. Rejected: a softmax trained jointly, which was less sure
 * of what is out of scope.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.routing.training;
