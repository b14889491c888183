package dev.pusula.architecture.offence.inference.entity;

public final class Answer {}
