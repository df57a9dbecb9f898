#include "models/runtime/buffer_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// Halide reads a few bytes before and behind a block and wants 64 (AVX-512); 128 also keeps neighbors out of the prefetcher's pairs.
constexpr std::size_t kAlignment = 128;
constexpr std::size_t kTail = 64;
constexpr std::size_t kSmallest = 256;
constexpr std::size_t kLargest = std::size_t{1} << 39;  // nobody has more; the sanitizers stop the program at twice that
constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// From here on a block of one of the next two classes serves too: memory that lies idle costs more than looking for it.
constexpr std::size_t kLarge = std::size_t{64} << 10;
constexpr int kBorrowed = 2;

/// Four classes an octave: at most a quarter of a block is slack, and untouched pages of it cost nothing.
constexpr int kStepsLog2 = 2;
constexpr int kClasses = 64 << kStepsLog2;

/// Threads put blocks on shelves of their own: a kernel's scratch comes back warm, and its loops don't queue for one lock.
constexpr std::size_t kShelves = 8;

std::size_t own_shelf() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t shelf = threads.fetch_add(1, std::memory_order_relaxed) % kShelves;
  return shelf;
}

/// Stands before the bytes that are handed out.
struct alignas(kAlignment) Header {
  Header* next;
  int size_class;
};
static_assert(sizeof(Header) == kAlignment);

/// Index of the smallest class that holds `bytes`, which is at least kSmallest.
int class_of(std::size_t bytes) {
  const int octave = static_cast<int>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = std::size_t{1} << (octave - kStepsLog2);
  const auto steps = static_cast<int>((bytes + step - 1) / step);  // 5 to 8 of them
  return (octave << kStepsLog2) + steps - (1 << kStepsLog2) - 1;
}

std::size_t bytes_of(int size_class) {
  const int octave = size_class >> kStepsLog2;
  const int steps = (size_class & ((1 << kStepsLog2) - 1)) + (1 << kStepsLog2) + 1;
  return static_cast<std::size_t>(steps) << (octave - kStepsLog2);
}

Header* header_of(void* block) { return static_cast<Header*>(block) - 1; }

Header* take_from_system(int size_class) noexcept {
  const std::size_t bytes = sizeof(Header) + bytes_of(size_class);
  const bool huge = bytes >= 2 * kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) return nullptr;
#ifdef MADV_HUGEPAGE
  // One fault for 2 MiB instead of 512; the last, partial page stays small. That the kernel may refuse changes only the speed.
  if (huge) madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return new (memory) Header{nullptr, size_class};
}

void give_to_system(Header* list) noexcept {
  while (list != nullptr) std::free(std::exchange(list, list->next));
}

}  // namespace

struct BufferPool::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { trim(); }

  /// Blocks nobody uses, the last returned first: its bytes are the likeliest to be in a cache.
  struct alignas(64) FreeList {
    std::mutex mutex;
    Header* first = nullptr;

    Header* pop() noexcept {
      const std::lock_guard lock(mutex);
      if (first == nullptr) return nullptr;
      return std::exchange(first, first->next);
    }
    void push(Header* header) noexcept {
      const std::lock_guard lock(mutex);
      header->next = std::exchange(first, header);
    }
    Header* pop_all() noexcept {
      const std::lock_guard lock(mutex);
      return std::exchange(first, nullptr);
    }
  };
  std::array<std::array<FreeList, kClasses>, kShelves> shelves;
  std::atomic<std::size_t> system_allocations = 0;

  void* allocate(std::size_t bytes) noexcept {
    if (bytes > kLargest) return nullptr;
    const std::size_t wanted = std::max(bytes + kTail, kSmallest);
    const int size_class = class_of(wanted);
    const int last = wanted < kLarge ? size_class : size_class + kBorrowed;
    const std::size_t own = own_shelf();
    for (std::size_t shelf = own; shelf < own + kShelves; shelf++) {
      for (int i = size_class; i <= last; i++) {
        if (Header* header = shelves[shelf % kShelves][static_cast<std::size_t>(i)].pop()) return header + 1;
      }
    }
    Header* header = take_from_system(size_class);
    if (header == nullptr) {  // what lies idle here may be what is missing there
      trim();
      header = take_from_system(size_class);
    }
    if (header == nullptr) return nullptr;
    system_allocations.fetch_add(1, std::memory_order_relaxed);
    return header + 1;
  }

  void release(void* block) noexcept {
    if (block == nullptr) return;
    Header* header = header_of(block);
    shelves[own_shelf()][static_cast<std::size_t>(header->size_class)].push(header);
  }

  void trim() noexcept {
    for (auto& shelf : shelves) {
      for (FreeList& list : shelf) give_to_system(list.pop_all());
    }
  }
};

BufferPool::BufferPool() : state_(std::make_shared<State>()) {}

std::shared_ptr<std::byte> BufferPool::lease(std::size_t bytes) {
  void* block = state_->allocate(bytes);
  try {
    if (block == nullptr) throw std::bad_alloc();
    return {static_cast<std::byte*>(block), [state = state_](std::byte* returned) { state->release(returned); }};
  } catch (const std::bad_alloc&) {
    throw Error("out of memory: " + std::to_string(bytes) + " bytes asked for");
  }
}

void* BufferPool::allocate(std::size_t bytes) noexcept { return state_->allocate(bytes); }

void BufferPool::release(void* block) noexcept { state_->release(block); }

std::size_t BufferPool::system_allocations() const noexcept { return state_->system_allocations.load(std::memory_order_relaxed); }

void BufferPool::trim() noexcept { state_->trim(); }

}  // namespace argent
