"""The process that runs scripts.

It is started by the path of `__main__.py`, without the packages around it: nothing here may import anything of this
package, because nothing of it is to be there for a script that breaks out of its engine.
"""
