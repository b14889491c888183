package dev.pusula.architecture.offence.inference.control;

final class BackendManager {}
