#include "models/tensor/training/data_loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "models/kernels/philox.h"
#include "models/runtime/context.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

/// The loader's orders, and the samples' numbers, are streams of their own.
constexpr std::uint64_t kOrderStream = 0x6f72646572000000, kSampleStream = 0x73616d706c650000;

}  // namespace

std::vector<std::int64_t> shuffled_order(std::int64_t count, std::uint64_t seed, std::uint64_t epoch) {
  Generator random(seed, kOrderStream + epoch);
  const Tensor order = permutation(random, count);
  return {order.data<std::int64_t>(), order.data<std::int64_t>() + count};
}

TensorDataset::TensorDataset(std::vector<Tensor> tensors) : tensors_(std::move(tensors)) {
  if (tensors_.empty()) throw Error("a dataset of no tensors");
  for (const Tensor& tensor : tensors_) {
    if (tensor.rank() == 0 || tensor.size(0) != tensors_[0].size(0))
      throw Error("a dataset of tensors of shapes ", tensors_[0].shape(), " and ", tensor.shape());
  }
}

std::vector<Tensor> TensorDataset::get(std::int64_t index) const {
  std::vector<Tensor> sample;
  for (const Tensor& tensor : tensors_) sample.push_back(tensor.select(0, index));
  return sample;
}

/// A thread that loads the batches from a place on, some ahead.
class DataLoader::Prefetch {
 public:
  Prefetch(const DataLoader& loader, Place from)
      : loader_(loader), next_(from), thread_([this, from, &context = Context::current()](const std::stop_token& stop) {
          const ContextScope scope(context);
          const NoGrad off;
          run(from, stop);
        }) {}

  Place next_place() const { return next_; }
  Batch next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty(); });
    std::future<Batch> batch = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    changed_.notify_all();
    next_ = loader_.after(next_);
    return batch.get();
  }

 private:
  void run(Place place, const std::stop_token& stop) {
    for (;; place = loader_.after(place)) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return static_cast<int>(ready_.size()) < loader_.options_.prefetch; });
      if (stop.stop_requested()) return;
      lock.unlock();
      std::packaged_task<Batch()> task([&] { return loader_.load(place); });  // which keeps what it throws
      task();
      lock.lock();
      ready_.push_back(task.get_future());
      lock.unlock();
      changed_.notify_all();
    }
  }

  const DataLoader& loader_;
  Place next_;  ///< of the batch that next() returns
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::future<Batch>> ready_;
  std::jthread thread_;  // last: starts when all else is there, and ends before it goes
};

DataLoader::DataLoader(const Dataset& data, LoaderOptions options)
    : data_(data), options_(std::move(options)), place_(zeros({2}, DType::kI64)) {
  const LoaderOptions& o = options_;
  if (o.batch < 1 || o.ranks < 1 || o.rank < 0 || o.rank >= o.ranks || o.batch % o.ranks != 0) {
    throw Error("data loader: batches of ", o.batch, " samples for rank ", o.rank, " of ", o.ranks,
                ", expected a rank below their number, which divides the batch");
  }
  if (batches() == 0) throw Error("data loader: ", data.size(), " samples, too few for a batch");
}

DataLoader::~DataLoader() = default;

std::int64_t DataLoader::batches() const {
  return options_.last == LastBatch::kDrop ? data_.size() / options_.batch : (data_.size() + options_.batch - 1) / options_.batch;
}

DataLoader::Place DataLoader::place() const { return {place_.data<std::int64_t>()[0], place_.data<std::int64_t>()[1]}; }

DataLoader::Place DataLoader::after(Place place) const {
  return place.batch + 1 < batches() ? Place{place.epoch, place.batch + 1} : Place{place.epoch + 1, 0};
}

std::int64_t DataLoader::index_of(std::int64_t epoch, std::int64_t before) const {
  if (options_.shuffle == Shuffle::kNo) return before;
  if (order_epoch_ != epoch) order_ = shuffled_order(data_.size(), options_.seed, static_cast<std::uint64_t>(epoch));
  order_epoch_ = epoch;
  return order_[static_cast<std::size_t>(before)];
}

Batch DataLoader::load(Place place) const {
  const std::int64_t count = data_.size(), first = place.batch * options_.batch;
  if (place.epoch < 0 || place.batch < 0 || first >= count) throw Error("data loader: a place beyond the data");
  const auto epoch = static_cast<std::uint64_t>(place.epoch);
  const std::int64_t size = std::min(options_.batch, count - first);
  std::vector<std::vector<Tensor>> columns;
  for (std::int64_t i = size * options_.rank / options_.ranks; i < size * (options_.rank + 1) / options_.ranks; i++) {
    const std::int64_t index = index_of(place.epoch, first + i);
    std::vector<Tensor> sample = data_.get(index);
    if (options_.augment) {
      const auto bits = kernels::philox(options_.seed, static_cast<std::uint64_t>(index), kSampleStream + epoch);
      Generator random(std::uint64_t{bits[1]} << 32 | bits[0]);
      sample = options_.augment(std::move(sample), random);
    }
    columns.resize(std::max(columns.size(), sample.size()));
    for (std::size_t k = 0; k < columns.size(); k++) columns[k].push_back(sample.at(k));
  }
  Batch batch{{}, place.epoch, place.batch, place.batch + 1 == batches()};
  for (const std::vector<Tensor>& column : columns) batch.tensors.push_back(stack(column, 0));
  return batch;
}

Batch DataLoader::next() {
  const Place place = this->place();
  Batch batch;
  if (options_.prefetch > 0) {
    // Out of reach until it has answered: one that failed is gone then.
    std::unique_ptr<Prefetch> ahead = std::move(prefetch_);
    if (ahead && !(ahead->next_place() == place)) ahead.reset();  // the place was set meanwhile
    if (!ahead) ahead = std::make_unique<Prefetch>(*this, place);
    batch = ahead->next();
    prefetch_ = std::move(ahead);
  } else {
    const NoGrad off;
    batch = load(place);
  }
  const Place following = after(place);
  place_.mutable_data<std::int64_t>()[0] = following.epoch;
  place_.mutable_data<std::int64_t>()[1] = following.batch;
  return batch;
}

}  // namespace argent::tensor
