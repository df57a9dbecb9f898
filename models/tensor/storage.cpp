#include "models/tensor/storage.h"

#include <new>
#include <string>

#include "models/runtime/context.h"
#include "models/runtime/error.h"
#include "models/tensor/tracer.h"

namespace argent::tensor {
namespace {

constexpr std::size_t kAlignment = 64;
/// Up to here the heap, which has such blocks at hand, is faster than the pool, and its pages are in use anyway.
constexpr std::size_t kSmall = 4096;
constexpr std::size_t kHeader = (sizeof(Storage) + kAlignment - 1) / kAlignment * kAlignment;

}  // namespace

Ref<Storage> Storage::allocate(std::size_t bytes) {
  Ref<Storage> storage;
  if (bytes > kSmall) {
    auto block = Context::current().pool().lease(bytes);
    storage = around(block.get(), bytes, block);
  } else {
    void* memory = ::operator new (kHeader + bytes, std::align_val_t{kAlignment});
    storage = Ref<Storage>(new (memory) Storage(static_cast<std::byte*>(memory) + kHeader, bytes));
  }
  if (const Tracer* tracer = Tracer::active()) storage->made_by_ = tracer->id();
  return storage;
}

Ref<Storage> Storage::around(void* data, std::size_t bytes, std::shared_ptr<const void> owner) {
  void* memory = ::operator new (kHeader, std::align_val_t{kAlignment});
  Ref<Storage> storage(new (memory) Storage(data, bytes));
  storage->owner_ = std::move(owner);
  return storage;
}

void Storage::destroy(Storage* storage) noexcept {
  storage->~Storage();
  ::operator delete (static_cast<void*>(storage), std::align_val_t{kAlignment});
}

}  // namespace argent::tensor
