package dev.pusula.load;

import dev.pusula.load.Exchange.Outcome;
import java.util.function.IntFunction;
import us.abstracta.jmeter.javadsl.java.DslJsr223Sampler.SamplerScript;
import us.abstracta.jmeter.javadsl.java.DslJsr223Sampler.SamplerVars;

/** A user's step: hand the next request to the shared loop and park once until it ended. */
public final class RequestSampler implements SamplerScript {
  private final IntFunction<Exchange> start;

  RequestSampler(IntFunction<Exchange> start) {
    this.start = start;
  }

  @Override
  public void runScript(SamplerVars vars) throws InterruptedException {
    Exchange exchange = start.apply(vars.ctx.getThreadNum());
    exchange.await();
    var result = vars.sampleResult;
    result.setSampleLabel(exchange.planned.query().sector());
    result.setSuccessful(exchange.outcome() == Outcome.COMPLETED);
    result.setResponseCode(Integer.toString(exchange.status));
    if (exchange.firstText != 0) {
      result.setLatency((exchange.firstText - exchange.sent) / 1_000_000);
    }
  }
}
