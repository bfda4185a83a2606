package dev.lockstep.gpu.training;

/**
 * Some calls timed together: from an empty stream to the end of the last.
 *
 * @param calls how many
 * @param deviceMilliseconds between two events, one before the first and one behind the last
 * @param wallMilliseconds of the host, with the one wait for the device at the end
 */
public record DeviceWindow(int calls, double deviceMilliseconds, double wallMilliseconds) {}
