// Memory for results that is used again: a training step makes the same arrays as the one before, and a page that the system hands
// out anew costs more than a pass over it.
//
// Blocks that are let go wait for the next of their size. What lives and what waits together stay within an eighth above the most
// that ever lived: where that would be passed, those that have waited longest go back to the system.
//
// Assumes: one caller at a time (the GIL). Throws std::bad_alloc.
#pragma once
#include <cstddef>
#include <new>
#include <vector>

namespace convstep {

struct Block {
  void* data = nullptr;
  std::size_t size = 0;
};

class Blocks {
 public:
  // While at least one is open, blocks wait; with the last one that closes, all that wait are freed.
  void open() { open_++; }
  void close() {
    if (--open_ > 0) return;
    while (!waiting_.empty()) free_oldest();
    most_ = 0;
  }

  Block take(std::size_t bytes) {
    const std::size_t size = (bytes + page - 1) / page * page;
    for (std::size_t i = waiting_.size(); i-- > 0;) {
      const Block block = waiting_[i];
      if (block.size < size || block.size - size > size / 8) continue;
      waiting_.erase(waiting_.begin() + std::ptrdiff_t(i));
      waits_ -= block.size;
      return lives(block);
    }
    const std::size_t needed = lives_ + size, most = needed > most_ ? needed : most_;
    while (!waiting_.empty() && needed + waits_ > most + most / 8) free_oldest();
    return lives({::operator new(size, std::align_val_t(64)), size});
  }

  void give(Block block) {
    lives_ -= block.size;
    waiting_.push_back(block);
    waits_ += block.size;
    if (open_ <= 0) free_oldest();
  }

 private:
  static constexpr std::size_t page = 4096;

  Block lives(Block block) {
    lives_ += block.size;
    if (lives_ > most_) most_ = lives_;
    return block;
  }
  void free_oldest() {
    const Block block = waiting_.front();
    waiting_.erase(waiting_.begin());
    waits_ -= block.size;
    ::operator delete(block.data, std::align_val_t(64));
  }

  std::vector<Block> waiting_;                 // oldest first
  std::size_t lives_ = 0, waits_ = 0, most_ = 0;
  int open_ = 0;
};

}  // namespace convstep
