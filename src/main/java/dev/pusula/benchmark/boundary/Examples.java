package dev.pusula.benchmark.boundary;

/** Bodies shown in the API's description. */
final class Examples {

  static final String RUN =
      """
      {"suite":"quick","campaign":null,"label":"light",
       "load_model":{"kind":"closed","users":10,"spawn_rate":5.0,"rate":null,"run_time_s":30.0,"warm_up_s":10.0,"seed":42},
       "target":{"url":"http://127.0.0.1:8080","model":"auto","server":"pusula"},
       "served":{"model":"pusula-tiny","model_fingerprint":"0f1e2d3c4b5a6978","untrained":true,
                 "adapters":{"insurance_adapter":"8899aabbccddeeff"},"backend":"engine-cpu-vector","precision":"float32"},
       "prompt_set":"9f86d081884c7d65",
       "environment":{"git_commit":"4f9d6cd","git_dirty":false,"java":"17.0.15","os":"Linux 6.1 amd64","cpu":"AMD EPYC",
                      "cores":4,"memory_bytes":25769803776,"gpu":null,"host_class":"AMD EPYC, 4 cores, 24 GiB"},
       "sectors":["insurance","legal"]}""";

  static final String UNPROCESSABLE =
      """
      {"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"suite: must be given",
       "errors":[{"field":"suite","detail":"must be given"}]}""";

  static final String SAMPLE =
      """
      {"seq":17,"kind":"chat","phase":"measure","sector":"insurance","also":["legal"],"query":"insurance-03","style":"angry",\
      "user":3,"due_us":12000000,"sent_us":12000150,"headers_us":12080000,"first_text_us":12200000,"first_answer_us":12200000,\
      "last_text_us":12240010,"end_us":12241000,"chunk_gaps_us":[20000,20010],"prompt_tokens":12,"output_tokens":3,\
      "recounted_tokens":null,"status":200,"outcome":"completed","error":null,"routed_sector":"insurance",\
      "routed_score":0.81,"adapters":"insurance_adapter,general_adapter","backend":"engine-cpu-vector","router_us":12}""";

  static final String BAD_LINE =
      """
      {"type":"about:blank","title":"Unprocessable Content","status":422,
       "detail":"line 2: sent_us: sent_us must not be less than due_us",
       "errors":[{"field":"line 2.sent_us","detail":"sent_us must not be less than due_us"}]}""";

  static final String RESOURCES =
      """
      [{"source":"server","at_us":1000000,"cpu_percent":61.5,"rss_bytes":812646400,"heap_bytes":268435456,"gc_pause_ms":3.2,
        "gpu_utilisation":null,"gpu_memory_bytes":null,"power_w":null}]""";

  static final String ANSWERS =
      """
      [{"question":"insurance-012","model":"auto","sector":"insurance","routed_sector":"insurance","tokens":71,"logprob":-252.31}]""";

  static final String COMPLETION =
      """
      {"status":"COMPLETED","reason":null,"measure_from_us":10000000,"measure_to_us":40000000,"issued":1500,"dropped":0,
       "generator_cpu_percent":12.5,"clock_step":false}""";

  private Examples() {}
}
