"""Tasks and their queue for stock asyncio, in Python, so that it runs on simulated time.

The interpreter's own `_asyncio` reads the computer's clock from C. This module takes its place in
`sys.modules` (start.py). Tasks due at the same time run in the order in which they were queued.
"""

core = None  # asyncio.core, which imports this module first; start.py sets it


class TaskQueue:
    def __init__(self):
        self._tasks = []  # sorted by ph_key, the time when a task is due

    def peek(self):
        return self._tasks[0] if self._tasks else None

    def push(self, task, key=None):
        task.data = None
        task.ph_key = core.ticks() if key is None else key
        at = len(self._tasks)
        while at and core.ticks_diff(self._tasks[at - 1].ph_key, task.ph_key) > 0:
            at -= 1
        self._tasks.insert(at, task)

    def pop(self):
        return self._tasks.pop(0)

    def remove(self, task):
        self._tasks.remove(task)


class Task:
    def __init__(self, coro, globals=None):
        self.coro = coro
        self.data = None  # what it waits on; at the end, its result
        # True: running; a TaskQueue: running, and these wait for it; False, None: done
        self.state = True
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False  # someone took its result
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if self.state:
            self.state.push(core.cur_task)
            core.cur_task.data = self
        elif self.data is None:
            raise StopIteration
        else:
            raise self.data

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            core._task_queue.push(task)
        elif core.ticks_diff(task.ph_key, core.ticks()) > 0:
            core._task_queue.remove(task)
            core._task_queue.push(task)
        task.data = core.CancelledError
        return True
