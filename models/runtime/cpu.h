// models/runtime/cpu.h - which of the built instruction sets this machine can run.
#pragma once

#include <string_view>

namespace argent {

/// By rising speed. kBaseline is x86-64 with SSE2, or plain aarch64.
enum class CpuTarget { kBaseline, kAvx2, kAvx512 };

/// What cpuid and the operating system allow.
CpuTarget best_cpu_target();

/// `name` is "baseline", "avx2" or "avx512" (as in the environment's ARGENT_CPU); empty: the best. Throws Error for any other
/// name, and when the machine lacks it.
CpuTarget cpu_target(std::string_view name);

std::string_view name_of(CpuTarget target);

/// The environment's ARGENT_CPU, or the best.
CpuTarget cpu_target_from_environment();

}  // namespace argent
