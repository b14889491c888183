package dev.pusula.architecture.offence.inference.cuda;

public final class Gpu {}
