#include "models/runtime/context.h"

#include <thread>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

constinit thread_local Context* current_context = nullptr;

Context& shared_context() {
  static Context& context = *new Context(std::max(1U, std::thread::hardware_concurrency()));  // outlives every tensor
  return context;
}

}  // namespace

Context::Context(int threads, CpuTarget target) : threads_(1), target_(target) { set_threads(threads); }

void Context::set_threads(int threads) {
  if (threads < 1) throw Error(std::to_string(threads) + " threads, expected at least 1");
  threads_ = threads;
}

Context& Context::current() {
  if (current_context == nullptr) current_context = &shared_context();
  return *current_context;
}

ContextScope::ContextScope(Context& context) : scope_(current_context, &context) {}

}  // namespace argent
