-- Title:    Answer scores
-- Question: How well did the served model expect the reference answers?
-- Grain:    one row a run, question and model
-- Units:    tokens; logprob is a sum of natural logarithms
-- Caveats:  perplexities compare only where tokenizer and questions are the same
create table answer_score (
    run_id uuid not null references run (id) on delete cascade,
    question text not null,
    model text not null,
    sector text not null,
    routed_sector text,
    tokens integer not null,
    logprob double precision not null,
    constraint answer_score_pk primary key (run_id, model, question),
    constraint answer_score_tokens_positive check (tokens > 0),
    constraint answer_score_logprob_not_positive check (logprob <= 0)
);

comment on table answer_score is 'What the served model thinks of the reference answer to a question, without generating.';
comment on column answer_score.run_id is 'The run.';
comment on column answer_score.question is 'The question''s id in the set of reference answers.';
comment on column answer_score.model is 'The model that the request named: auto, base, a sector or an adapter.';
comment on column answer_score.sector is 'The question''s label.';
comment on column answer_score.routed_sector is 'What the router decided; null where it was not asked.';
comment on column answer_score.tokens is 'Tokens of the reference answer, its end included.';
comment on column answer_score.logprob is 'Sum of the natural logarithms of their probabilities.';
